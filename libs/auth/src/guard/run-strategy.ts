import { AuthError } from '../errors.js';
import { UserIdentity } from '../identity/user-identity.js';
import type { AuthStrategy, Credential, StrategyRequest } from './auth-strategy.js';

/** What Passport makes for each request: the strategy's methods, plus the five ways to end. */
interface Run {
  authenticate(request: StrategyRequest): void;
  success(identity: unknown): void;
  fail(reason: unknown): void;
  error(cause: unknown): void;
  pass(): void;
  redirect(): void;
}

/**
 * Runs one instance of a Passport strategy on one credential: no name, no registry of the process.
 *
 * @returns the identity.
 * @throws AuthError as the strategy says; `auth_unavailable` for anything that is not an AuthError.
 */
export function runStrategy(strategy: AuthStrategy, credential: Credential): Promise<UserIdentity> {
  return new Promise((resolve, reject) => {
    const run = Object.create(strategy) as Run;
    run.success = (identity) => {
      if (identity instanceof UserIdentity) resolve(identity);
      else reject(outage('the strategy succeeded without an identity'));
    };
    run.fail = (reason) => {
      reject(
        reason instanceof AuthError
          ? reason
          : new AuthError('credentials_invalid', 'refused by the strategy'),
      );
    };
    run.error = (cause) => {
      reject(cause instanceof AuthError ? cause : outage('the strategy threw', cause));
    };
    run.pass = run.redirect = () => reject(outage('the strategy did not decide'));
    try {
      run.authenticate(requestFor(strategy, credential));
    } catch (cause) {
      run.error(cause);
    }
  });
}

function requestFor(strategy: AuthStrategy, { scheme, value }: Credential): StrategyRequest {
  return { headers: { [strategy.header]: scheme === 'jwt' ? `Bearer ${value}` : value } };
}

function outage(reason: string, cause?: unknown): AuthError {
  return new AuthError('auth_unavailable', reason, { cause });
}
