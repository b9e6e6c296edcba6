import type { Clock } from '../clock.js';
import { isInward, webAddress } from '../options/web-address.js';
import { fetchJsonObject } from './issuer-fetch.js';

/** Milliseconds. */
const MAX_AGE = 3_600_000;

/** What an authorization server says of itself (RFC 8414, OpenID Connect Discovery). */
export class IssuerMetadata {
  #reading: Promise<Readonly<Record<string, unknown>>> | undefined;
  #known: { readonly document: Readonly<Record<string, unknown>>; readonly readAt: number } | undefined;

  /** @param issuer from the options. */
  constructor(
    private readonly issuer: string,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns an address that may be asked: `https`, or on loopback if the issuer is there itself.
   * @throws Error when the issuer does not say it, or what it says is not to be believed.
   */
  async address(name: 'jwks_uri' | 'introspection_endpoint', signal: AbortSignal): Promise<string> {
    const { [name]: address } = await this.#document(signal);
    const url = webAddress(address);
    if (url === undefined || (isInward(url.hostname) && !isInward(new URL(this.issuer).hostname)))
      throw new Error(`The metadata of an issuer has no ${name} that may be asked`);
    return url.href;
  }

  /** What it says is read again before it is used: it may have moved. */
  forget(): void {
    this.#known = undefined;
  }

  async #document(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    const now = this.clock.now();
    const age = now - (this.#known?.readAt ?? -MAX_AGE);
    if (this.#known !== undefined && age >= 0 && age < MAX_AGE) return this.#known.document;
    // One reader for all who ask, by the first one's deadline.
    this.#reading ??= this.#read(signal, now).finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #read(signal: AbortSignal, now: number): Promise<Readonly<Record<string, unknown>>> {
    for (const address of wellKnownAddresses(this.issuer)) {
      const document = await fetchJsonObject(address, signal);
      if (document === undefined) continue;
      // RFC 8414 section 3.3, OpenID Connect Discovery section 4.3: or somebody else speaks for it.
      if (document.issuer !== this.issuer) throw new Error('The metadata is of another issuer');
      this.#known = { document, readAt: now };
      return document;
    }
    throw new Error('The issuer has no metadata');
  }
}

/** OpenID Connect Discovery section 4 puts the path of the issuer in front, RFC 8414 section 3.1 behind. */
function wellKnownAddresses(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}
