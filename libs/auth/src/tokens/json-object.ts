import { isUtf8 } from 'node:buffer';

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
  if (!isObject(value) || Array.isArray(value)) return undefined;
  // A name that was written twice was parsed once.
  return countMembers(value) === countNames(text) ? (value as Record<string, unknown>) : undefined;
}

/** How many strings of valid JSON are names: those with a colon behind them. */
function countNames(json: string): number {
  let names = 0;
  let open = json.indexOf('"');
  while (open !== -1) {
    let close = json.indexOf('"', open + 1);
    while (isEscaped(json, close)) close = json.indexOf('"', close + 1);
    let next = close + 1;
    while (isBlank(json.charCodeAt(next))) next += 1;
    if (json.charCodeAt(next) === COLON) names += 1;
    open = json.indexOf('"', next);
  }
  return names;
}

const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Does an odd number of backslashes stand before it? */
function isEscaped(json: string, at: number): boolean {
  let first = at;
  while (json.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function countMembers(root: object): number {
  let members = 0;
  const pending = [root];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (Array.isArray(value)) {
      for (const part of value) if (isObject(part)) pending.push(part);
      continue;
    }
    // Faster than a list of the names; what JSON.parse makes inherits none that would be listed.
    for (const name in value) {
      members += 1;
      const part = (value as Record<string, unknown>)[name];
      if (isObject(part)) pending.push(part);
    }
  }
  return members;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
