import { isSecret } from './login-secrets.js';

/** Seconds. */
const LIFETIME = 600;
/** Logins that one browser may have begun at a time: a page that begins many must not fill up its headers. */
const MAX_COOKIES = 8;
const NAME = 'gatehouse-login-';
/** What follows it. */
const HASH = /^[0-9a-f]{16}$/;

/**
 * Cookies of browsers that are logging in, one for each login: several windows do not get into each other's way.
 *
 * Their names begin with `__Host-`: nobody else's page, and no sub-domain, can set them. On plain `http` (loopback)
 * browsers do not take that prefix, so there it is left out.
 */
export class LoginCookies {
  readonly #prefix: string;
  readonly #attributes: string;

  /** @param isSecure whether browsers come by `https`. */
  constructor(isSecure: boolean) {
    this.#prefix = isSecure ? `__Host-${NAME}` : NAME;
    this.#attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  }

  /**
   * @param stateHash of the login.
   * @param secret of the browser.
   * @param sent the request's `Cookie`.
   * @returns values of `Set-Cookie`: the cookie, and where there are too many, the end of the others.
   */
  begin(stateHash: string, secret: string, sent: string | undefined): string[] {
    const others = [...new Set(pairsOf(sent).map(([name]) => name))].filter(
      (name) => name.startsWith(this.#prefix) && HASH.test(name.slice(this.#prefix.length)),
    );
    return [
      ...(others.length < MAX_COOKIES ? [] : others.map((name) => this.#write(name, '', 0))),
      this.#write(this.#nameOf(stateHash), secret, LIFETIME),
    ];
  }

  /** The secret of the browser that has begun a login; undefined when it was not sent, or more than once. */
  read(stateHash: string, sent: string | undefined): string | undefined {
    const found = pairsOf(sent).filter(([name]) => name === this.#nameOf(stateHash));
    const [, secret] = found.length === 1 ? found[0]! : [];
    return isSecret(secret) ? secret : undefined;
  }

  /** The value of `Set-Cookie` that ends a login's cookie. */
  end(stateHash: string): string {
    return this.#write(this.#nameOf(stateHash), '', 0);
  }

  #nameOf(stateHash: string): string {
    return `${this.#prefix}${stateHash.slice(0, 16)}`;
  }

  #write(name: string, value: string, seconds: number): string {
    return `${name}=${value}; Max-Age=${seconds}; ${this.#attributes}`;
  }
}

/** RFC 6265 section 5.4. */
function pairsOf(sent: string | undefined): (readonly [name: string, value: string])[] {
  return (sent ?? '').split(';').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
}
