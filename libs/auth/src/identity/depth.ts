/** How deep metadata may be: what handlers and loggers that recurse still manage (`JSON.stringify` is one of them). */
export const MAX_METADATA_DEPTH = 256;

/** Are there more levels of objects and lists in it than that? Plain data; a circle is too deep. */
export function isTooDeep(value: unknown, levels = MAX_METADATA_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isTooDeep(part, levels - 1));
}
