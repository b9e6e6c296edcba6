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

  /** @param path as it was sent, without the query. */
  matches(path: string): boolean {
    if (this.#exact.has(path)) return true;
    const plain = decode(path);
    return (
      plain !== undefined &&
      (this.#exact.has(plain) || this.#subtrees.some((subtree) => plain.startsWith(subtree)))
    );
  }
}

function decode(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent);
    return segments.every(isPlain) ? `/${segments.join('/')}` : undefined;
  } catch {
    return undefined;
  }
}

function isPlain(segment: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what must not pass
  return segment !== '' && segment !== '.' && segment !== '..' && !/[\x00-\x20\x7f/\\;%]/.test(segment);
}
