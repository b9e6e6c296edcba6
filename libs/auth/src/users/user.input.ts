import { z } from 'zod';

import { metadataSchema } from '../identity/metadata.schema.js';
import { idText } from '../input.fields.js';
import { emailSchema } from './email.js';

/** A new user, for applications. */
export interface UserInput {
  /** Unique; normalised before it is compared and kept. */
  email: string;
  /** For people, 1 to 100 characters. */
  name?: string;
  /** Default: none, which is to be of no organisation. */
  orgId?: string;
  /** Default: none; the user asks for a reset, or logs in with a provider. */
  password?: string;
  /** Whether the application knows already that the address is the user's. Default false. */
  isEmailVerified?: boolean;
  /** Plain JSON of the application's; it is not shown to the user. */
  metadata?: Readonly<Record<string, unknown>>;
}

/** What `UserService.update` may change. `null` clears a field. */
export interface UserUpdate extends Omit<Partial<UserInput>, 'password' | 'name' | 'orgId'> {
  name?: string | null;
  orgId?: string | null;
}

/** Characters of JSON. */
const MAX_METADATA = 8_192;

/** Line breaks among them: applications put names into the headers of mails, and into lines of logs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** What people are called. */
export const nameText = z
  .string('is not text')
  .refine((text) => !UNPRINTABLE.test(text), 'holds a character that cannot be shown')
  .trim()
  .min(1, 'is empty')
  .max(100, 'is longer than 100 characters');

const metadata = metadataSchema.refine(
  (value) => JSON.stringify(value).length <= MAX_METADATA,
  `is more than ${MAX_METADATA} characters of JSON`,
);
const flag = z.boolean('is neither true nor false');

/** Schema of {@link UserInput}. What a password has to be is the policy's to say. */
export const userInputSchema = z.strictObject({
  email: emailSchema,
  name: nameText.optional(),
  orgId: idText.optional(),
  password: z.string('is not text').optional(),
  isEmailVerified: flag.default(false),
  metadata: metadata.default({}),
});

/** Schema of {@link UserUpdate}. */
export const userUpdateSchema = z
  .strictObject({
    email: emailSchema,
    name: nameText.nullable(),
    orgId: idText.nullable(),
    isEmailVerified: flag,
    metadata,
  })
  .partial();
