import { AuthError } from '../errors.js';
import { UserIdentity } from '../identity/user-identity.js';
import type { AuthStrategy, Credential, StrategyRequest } from './auth-strategy.js';

/** What Passport gives a strategy to end with. */
interface Run {
  authenticate(request: StrategyRequest): void;
  error(cause: unknown): void;
}

/**
 * Runs one instance of a Passport strategy on one credential: no name, no registry of the process.
 *
 * @returns the identity.
 * @throws AuthError as the strategy says; `auth_unavailable` for anything that is not an AuthError.
 */
export function runStrategy(strategy: AuthStrategy, credential: Credential): Promise<UserIdentity> {
  return new Promise((resolve, reject) => {
    // The object that Passport itself makes for each request: the strategy's methods plus the five ways to end.
    const undecided = (): void => reject(outage('the strategy did not decide'));
    const run: Run = Object.assign(Object.create(strategy) as object as Pick<Run, 'authenticate'>, {
      success: (identity: unknown) => {
        if (identity instanceof UserIdentity) resolve(identity);
        else reject(outage('the strategy succeeded without an identity'));
      },
      fail: (reason: unknown) => {
        reject(
          reason instanceof AuthError
            ? reason
            : new AuthError('credentials_invalid', 'refused by the strategy'),
        );
      },
      error: (cause: unknown) =>
        reject(cause instanceof AuthError ? cause : outage('the strategy threw', cause)),
      pass: undecided,
      redirect: undecided,
    });
    try {
      run.authenticate(requestFor(strategy, credential));
    } catch (cause) {
      run.error(cause);
    }
  });
}

function requestFor(strategy: AuthStrategy, credential: Credential): StrategyRequest {
  const value = credential.scheme === 'jwt' ? `Bearer ${credential.value}` : credential.value;
  return { headers: { [strategy.header]: value } };
}

function outage(reason: string, cause?: unknown): AuthError {
  return new AuthError('auth_unavailable', reason, { cause });
}
