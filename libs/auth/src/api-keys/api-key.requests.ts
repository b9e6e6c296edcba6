import { z } from 'zod';

import type { ApiKey, apiKeyInputSchemas } from './api-key.input.js';

const uuidOrName = z.string('is not text').min(1, 'is empty').max(255, 'is longer than 255 characters');
const date = z.iso
  .datetime({ offset: true, error: 'is no ISO 8601 date and time with a time zone' })
  .transform((text) => new Date(text));

/** Which page of which keys. */
export const ApiKeyPageQuery = z.strictObject({
  limit: z.coerce
    .number('is no number')
    .int('is no whole number')
    .min(1, 'is below 1')
    .max(100, 'is above 100')
    .default(50),
  /** The last `keyId` of the page before. */
  after: uuidOrName.optional(),
  /** Of somebody else: `apikey:read`. */
  userId: uuidOrName.optional(),
  /** Those of the whole organisation: `apikey:read`. */
  all: z
    .enum(['true', 'false'], 'is neither true nor false')
    .default('false')
    .transform((text) => text === 'true'),
});
export type ApiKeyPageQuery = z.infer<typeof ApiKeyPageQuery>;

/** One page of keys. */
export interface ApiKeyPage {
  readonly apiKeys: readonly ApiKey[];
  /** `after` of the next page; absent when there is none. */
  readonly next: string | undefined;
}

/** Bodies of the endpoints: what the service takes, with dates as ISO 8601 text. */
export function apiKeyBodySchemas({ create, update, rotation }: ReturnType<typeof apiKeyInputSchemas>) {
  return {
    create: create
      .omit({ orgId: true })
      .extend({ userId: uuidOrName.optional(), expiresAt: date.optional() }),
    update: update.extend({ expiresAt: date.nullable().optional() }),
    rotation,
  };
}
