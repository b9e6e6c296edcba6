import { z } from 'zod';

import { idText, isoDate, pageLimit } from '../input.fields.js';
import type { ApiKey, apiKeyInputSchemas } from './api-key.input.js';

const uuidOrName = z.string('is not text').min(1, 'is empty').max(255, 'is longer than 255 characters');

/** Characters of JSON: as much as an access token may hold. A remembered key keeps both in memory. */
const MAX_SIZE = 8_192;
const isSmall = (value: unknown): boolean => (JSON.stringify(value) ?? '').length <= MAX_SIZE;
const TOO_LARGE = `is more than ${MAX_SIZE} characters of JSON`;

/** Which page of which keys. */
export const ApiKeyPageQuery = z.strictObject({
  limit: pageLimit,
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
    create: create.omit({ orgId: true }).extend({
      userId: idText.optional(),
      expiresAt: isoDate.optional(),
      permissions: create.shape.permissions.refine(isSmall, TOO_LARGE),
      metadata: create.shape.metadata.refine(isSmall, TOO_LARGE),
    }),
    update: update.extend({
      expiresAt: isoDate.nullable().optional(),
      permissions: update.shape.permissions.refine(isSmall, TOO_LARGE),
      metadata: update.shape.metadata.refine(isSmall, TOO_LARGE),
    }),
    rotation,
  };
}
