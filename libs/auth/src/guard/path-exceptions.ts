/**
 * The paths that need no credential: exact ones (`/health`) and subtrees (`/docs/*`, which does not hold `/docs`).
 *
 * A request path counts only in its plain form. One with an empty or dot segment, an encoded slash, or anything else
 * that a router, proxy or handler might read in another way is no exception, so it needs a credential.
 */
export class PathExceptions {
  readonly #exact: ReadonlySet<string>;
  readonly #subtrees: readonly string[];

  constructor(exceptions: readonly string[]) {
    this.#exact = new Set(exceptions.filter((path) => !path.endsWith('/*')));
    this.#subtrees = exceptions.filter((path) => path.endsWith('/*')).map((path) => path.slice(0, -1));
  }

  /**
   * @param path as it was sent, without the query.
   * @param routerDecodes whether the router decodes a path before it matches: only then does an encoded letter lead to
   * the same handler as the letter.
   */
  matches(path: string, routerDecodes = false): boolean {
    if (this.#exact.has(path)) return true;
    if (!path.includes('%') && !this.#isBelow(path)) return false;
    if (!isPlain(path)) return false;
    const routed = routerDecodes ? decodeURI(path) : path;
    return this.#exact.has(routed) || this.#isBelow(routed);
  }

  #isBelow(path: string): boolean {
    return this.#subtrees.some((subtree) => path.startsWith(subtree));
  }
}

function isPlain(path: string): boolean {
  if (!path.startsWith('/')) return false;
  try {
    return path.slice(1).split('/').map(decodeURIComponent).every(isPlainSegment);
  } catch {
    return false;
  }
}

function isPlainSegment(segment: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what must not pass
  return segment !== '' && segment !== '.' && segment !== '..' && !/[\x00-\x20\x7f/\\;%]/.test(segment);
}
