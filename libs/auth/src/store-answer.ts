import { AuthError } from './errors.js';

class TooLate extends Error {}

/** Milliseconds that a store is waited for. A caller who would have to wait longer is told to come back. */
const DEADLINE = 900;

/**
 * Waits for a store.
 *
 * @param what the store's name, for the log.
 * @throws AuthError `auth_unavailable` when it fails or takes too long. A write that took too long may still happen.
 */
export async function storeAnswer<T>(what: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate()), DEADLINE);
  });
  try {
    return await Promise.race([answer, deadline]);
  } catch (cause) {
    const problem = cause instanceof TooLate ? 'takes too long' : 'does not answer';
    throw new AuthError('auth_unavailable', `${what} ${problem}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
