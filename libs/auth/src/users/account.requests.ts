import { z } from 'zod';

import { emailSchema } from './email.js';
import { passwordSchema } from './password.schema.js';
import { nameText } from './user.input.js';

const token = z.string('is not text').min(1, 'is empty').max(200, 'is longer than 200 characters');

/** What a user may change of themselves. */
export const AccountBody = z.strictObject({ name: nameText.nullable().optional() });
export type AccountBody = z.infer<typeof AccountBody>;

export const PasswordBody = z.strictObject({ currentPassword: passwordSchema, newPassword: passwordSchema });
export type PasswordBody = z.infer<typeof PasswordBody>;

/** Whom a mail is asked for. */
export const AddressBody = z.strictObject({ email: emailSchema });
export type AddressBody = z.infer<typeof AddressBody>;

export const ResetBody = z.strictObject({ token, password: passwordSchema });
export type ResetBody = z.infer<typeof ResetBody>;

export const VerificationBody = z.strictObject({ token });
export type VerificationBody = z.infer<typeof VerificationBody>;

export const AcceptanceBody = ResetBody.extend({ name: nameText.optional() });
export type AcceptanceBody = z.infer<typeof AcceptanceBody>;

export const RegistrationBody = z.strictObject({
  email: emailSchema,
  password: passwordSchema,
  name: nameText.optional(),
});
export type RegistrationBody = z.infer<typeof RegistrationBody>;
