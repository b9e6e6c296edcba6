/** Is this the name of the machine itself, as URLs write it? */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

const INWARD = /^(?:0|169\.254)\.[\d.]+$|^\[(?:::|64:ff9b:|fe[89ab])|(?:^|\.)localhost\.?$/;

/**
 * Does a name, as URLs write it, lead to the machine itself or what is wired to it? In every spelling: IPv4 addresses within
 * IPv6 ones, `0.0.0.0`, link-local addresses (RFC 3927, RFC 4291) and names below `localhost` (RFC 6761) included.
 */
export function isInward(hostname: string): boolean {
  return isLoopback(hostname) || INWARD.test(hostname);
}

/**
 * Reads an address that secrets are sent to, or keys are taken from: `https`, on loopback `http` as well; nobody's name and
 * password in it, no fragment.
 *
 * @returns undefined for everything else.
 */
export function webAddress(text: unknown): URL | undefined {
  if (typeof text !== 'string' || /[\s\\]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  const isPlain = url.username === '' && url.password === '' && !text.includes('#');
  return isSafe && isPlain ? url : undefined;
}

/** RFC 8414 section 2: an issuer has no query either. */
export function isIssuerAddress(text: string): boolean {
  return webAddress(text) !== undefined && !text.includes('?');
}
