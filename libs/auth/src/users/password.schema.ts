import { z } from 'zod';

/** Characters that a password has at most. */
export const MAX_PASSWORD_LENGTH = 256;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** How many characters a password has: code points, as NIST SP 800-63B section 3.1.1.2 counts them. */
export function lengthOf(password: string): number {
  // Twice the limit is too long however it is counted.
  return password.length > 2 * MAX_PASSWORD_LENGTH ? password.length : Array.from(password).length;
}

/**
 * Can this text be hashed as it is? Not when it is longer than 256 characters, or holds half a surrogate pair: its bytes
 * would be those of other texts as well.
 */
export function isHashable(password: string): boolean {
  return lengthOf(password) <= MAX_PASSWORD_LENGTH && !LONE_SURROGATE.test(password);
}

/** A password in a body, exactly as it was sent. What a new one has to be beyond this, `PasswordPolicy` says. */
export const passwordSchema = z
  .string('is not text')
  .min(1, 'is empty')
  .refine((text) => lengthOf(text) <= MAX_PASSWORD_LENGTH, {
    message: `is longer than ${MAX_PASSWORD_LENGTH} characters`,
    abort: true,
  })
  .refine((text) => !LONE_SURROGATE.test(text), 'is not well-formed text');
