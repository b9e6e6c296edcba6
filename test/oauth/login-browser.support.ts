/** A browser as plain as can be: keeps cookies by host, and goes where it is sent only when it is told to. */
export class Browser {
  /** By host, then by name. */
  readonly cookies = new Map<string, Map<string, string>>();
  /** Every address that it went to. */
  readonly visited: string[] = [];

  /** @param homes addresses that stand for others: what a browser knows from the names of the Internet. */
  constructor(private readonly homes: Readonly<Record<string, string>> = {}) {}

  async go(address: string, init: RequestInit = {}): Promise<Response> {
    this.visited.push(address);
    const { origin, host } = new URL(address);
    const jar = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, jar);
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const url = address.replace(origin, this.homes[origin] ?? origin);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      const isOver = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=.*1970/i.test(one));
      if (isOver || value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Where an answer sends the browser. */
  next(response: Response, from: string): string {
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${from} does not redirect: ${response.status}`);
    return new URL(location, from).href;
  }

  /**
   * Logs in and consents at a provider, until that sends the browser elsewhere.
   *
   * @param address of the provider.
   * @param deny says no on its page of consent.
   * @returns the address of the callback, where the browser has not been yet.
   */
  async atProvider(address: string, login: string, deny = false): Promise<string> {
    const { origin } = new URL(address);
    let at = address;
    for (let steps = 0; steps < 12; steps += 1) {
      const response = await this.go(at);
      if (response.status >= 300 && response.status < 400) {
        at = this.next(response, at);
        if (new URL(at).origin !== origin) return at;
        continue;
      }
      const page = await response.text();
      const isConsent = page.includes('value="consent"');
      if (response.status !== 200) throw new Error(`${at}: ${response.status} ${page.slice(0, 300)}`);
      if (isConsent && deny) {
        at = `${at}/abort`;
        continue;
      }
      const body = new URLSearchParams(
        isConsent ? { prompt: 'consent' } : { prompt: 'login', login, password: 'x' },
      );
      at = this.next(await this.go(at, { method: 'POST', body }), at);
    }
    throw new Error('the provider does not come to an end');
  }
}
