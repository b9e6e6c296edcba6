import type { AuthStrategy, StrategyRequest } from '../guard/auth-strategy.js';
import { UserIdentity } from '../identity/user-identity.js';
import { decodeClaims, splitCompactToken } from '../tokens/compact-token.js';
import type { TrustedIssuers } from './trusted-issuers.js';

/** What Passport's runner puts on the object that a strategy runs as. */
interface Endings {
  success(identity: UserIdentity): void;
  fail(reason: unknown): void;
  error(cause: unknown): void;
  pass(): void;
  redirect(): void;
}

const PREFIX_LENGTH = 'Bearer '.length;

/**
 * The scheme `jwt` of an application that trusts other issuers: the form of a token is checked, and then its `iss` decides
 * who verifies it.
 */
export class BearerStrategy implements AuthStrategy {
  readonly scheme = 'jwt';
  readonly header = 'authorization';

  /**
   * @param own for tokens of the application's own issuer.
   * @param ownIssuer `iss` of those.
   */
  constructor(
    private readonly own: AuthStrategy,
    private readonly ownIssuer: string,
    private readonly issuers: TrustedIssuers,
  ) {}

  authenticate(this: BearerStrategy & Endings, request: StrategyRequest): void {
    const token = request.headers.authorization!.slice(PREFIX_LENGTH);
    let identity: Promise<UserIdentity>;
    try {
      if (!isInThree(token)) identity = this.issuers.introspect(token);
      else {
        const issuer = decodeClaims(splitCompactToken(token).claims).iss;
        if (issuer === this.ownIssuer) return runAs(this.own, this, request);
        identity = this.issuers.verify(token, issuer);
      }
    } catch (error) {
      return this.error(error);
    }
    identity.then(
      (found) => this.success(found),
      (error: unknown) => this.error(error),
    );
  }
}

/** A JWT has two dots; everything else has a form that only its issuer knows. */
function isInThree(token: string): boolean {
  return token.split('.', 4).length === 3;
}

/** Lets another strategy decide. */
function runAs(strategy: AuthStrategy, endings: Endings, request: StrategyRequest): void {
  const run = Object.create(strategy) as AuthStrategy & Endings;
  run.success = (identity) => endings.success(identity);
  run.fail = (reason) => endings.fail(reason);
  run.error = (cause) => endings.error(cause);
  run.pass = () => endings.pass();
  run.redirect = () => endings.redirect();
  run.authenticate(request as never);
}
