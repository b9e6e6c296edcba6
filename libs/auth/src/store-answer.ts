import { AuthError } from './errors.js';

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
    timer = setTimeout(() => reject(new AuthError('auth_unavailable', `${what} takes too long`)), DEADLINE);
  });
  try {
    return await Promise.race([answer, deadline]);
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    throw new AuthError('auth_unavailable', `${what} does not answer`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
