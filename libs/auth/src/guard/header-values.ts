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

const NONE: readonly unknown[] = [];

/**
 * The values of a header, one for each time that it was sent.
 *
 * Node keeps the first of two Authorization headers and joins two others with a comma, so `headers` alone hides that
 * something was sent twice.
 */
export function requestValues(request: HttpRequest, name: string): readonly unknown[] {
  const value = request.headers[name];
  if (value === undefined) return NONE;
  const raw = request.rawHeaders ?? request.raw?.rawHeaders ?? NONE;
  let sent = 0;
  for (let i = 0; i < raw.length; i += 2) if (isNamed(raw[i] as string, name)) sent += 1;
  if (sent > 1) return raw.filter((_, i) => i % 2 === 1 && isNamed(raw[i - 1] as string, name));
  return Array.isArray(value) ? value : [value];
}

function isNamed(candidate: string, name: string): boolean {
  return candidate.length === name.length && candidate.toLowerCase() === name;
}

/** Fields of an object that clients fill in, named like headers in any case. */
export function fieldValues(
  fields: Readonly<Record<string, unknown>> | undefined,
  name: string,
): readonly unknown[] {
  if (typeof fields !== 'object' || fields === null) return NONE;
  return Object.keys(fields)
    .filter((key) => key.toLowerCase() === name)
    .map((key) => fields[key]);
}
