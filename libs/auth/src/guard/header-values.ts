/** Node's request, or what Express and Fastify make of it. */
export interface HttpRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
  /** Fastify's request wraps Node's. */
  readonly raw?: { readonly rawHeaders?: readonly string[]; readonly url?: string };
  readonly url?: string;
  /** Express: where a mounted application sits. */
  readonly baseUrl?: string;
  user?: unknown;
}

/** In the place of a value: the header was sent more than once. */
export const SENT_TWICE = Symbol('sent twice');

/**
 * The value of a header: undefined when it was not sent, {@link SENT_TWICE} when it was sent more than once.
 *
 * Node keeps the first of two Authorization headers and joins two others with a comma, so `headers` alone hides that
 * something was sent twice.
 */
export function requestValue(request: HttpRequest, name: string): unknown {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  const raw = request.rawHeaders ?? request.raw?.rawHeaders ?? NONE;
  let sent = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const other = raw[i]!;
    if (other.length === name.length && other.toLowerCase() === name) sent += 1;
  }
  if (sent > 1) return SENT_TWICE;
  return Array.isArray(value) ? onlyOf(value) : value;
}

/** A field of an object that clients fill in, named like a header in any case; as {@link requestValue}. */
export function fieldValue(fields: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const names = Object.keys(fields).filter((key) => key.toLowerCase() === name);
  return onlyOf(names.map((key) => fields[key]));
}

/** One of many: as {@link requestValue}. */
export function onlyOf(values: readonly unknown[]): unknown {
  // What is there and undefined is no text, and not absent.
  return values.length > 1 ? SENT_TWICE : values.length === 0 ? undefined : (values[0] ?? null);
}

const NONE: readonly string[] = [];
