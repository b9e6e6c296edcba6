import { isUtf8 } from 'node:buffer';

const STRINGS = /"(?:[^"\\]|\\.)*"/g;

/**
 * Reads a JSON object as strictly as a token deserves: valid UTF-8, no byte order mark, nothing behind it, and no name
 * twice in any object (RFC 7515 section 4 and RFC 7519 section 4 leave the last point open; other readers may take the
 * other one of the two).
 *
 * @returns undefined when it is anything else.
 */
export function parseJsonObject(bytes: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return countMembers(value) === countColons(text) ? (value as Record<string, unknown>) : undefined;
}

/** Every member that was written has a colon outside of strings; one that was written twice was parsed once. */
function countColons(json: string): number {
  return json.replaceAll(STRINGS, '').split(':').length - 1;
}

function countMembers(root: object): number {
  let members = 0;
  const pending: object[] = [root];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const parts = Object.values(value) as unknown[];
    if (!Array.isArray(value)) members += parts.length;
    for (const part of parts) if (typeof part === 'object' && part !== null) pending.push(part);
  }
  return members;
}
