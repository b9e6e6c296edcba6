import { z } from 'zod';

const MAX_LENGTH = 254;

/**
 * RFC 5321 section 4.1.2 without quoted local parts and address literals. The domain has two labels or more; one that is
 * not ASCII is written as its A-labels (`xn--…`).
 */
const PLAIN =
  /^(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one form of an address that is stored and compared: NFKC, then lower case, and only then looked at, so that no
 * other spelling of an address is a second account.
 *
 * Of what is left, ASCII alone is accepted: a letter that merely looks like another is none. Nothing is trimmed.
 *
 * @returns undefined for what is no plain address of at most 254 characters.
 */
export function normaliseEmail(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const email = text.normalize('NFKC').toLowerCase();
  return email.length <= MAX_LENGTH && PLAIN.test(email) ? email : undefined;
}

/** An address in a body: gives it as {@link normaliseEmail} does. */
export const emailSchema = z.string('is not text').transform((text, context) => {
  const email = normaliseEmail(text);
  if (email !== undefined) return email;
  context.addIssue({ code: 'custom', message: 'is no e-mail address' });
  return z.NEVER;
});
