import { z } from 'zod';

import { grantsSchema } from '../identity/grants.schema.js';
import { metadataSchema } from '../identity/metadata.schema.js';
import type { AnyPermissionCatalogue, PermissionGrant } from '../identity/permission.js';
import { idText, labelText, storableDate } from '../input.fields.js';
import { MAX_WINDOW, type Duration } from '../options/duration.js';
import { overlap } from '../options/duration.schema.js';
import type { RateLimit } from '../options/rate-limit.js';
import type { ApiKeyRecord } from './api-key.store.js';

/** What may be said of a key when it is made, and changed later. */
export interface ApiKeyInput {
  /** For people, 1 to 100 characters. */
  name: string;
  /** The owner. */
  userId: string;
  orgId?: string;
  /** Defaults to none. */
  permissions?: readonly PermissionGrant[];
  rateLimit?: RateLimit;
  /** From when on the key is refused. Default: it does not end by itself. */
  expiresAt?: Date;
  /** An inactive key is refused until it is made active again. Default true. */
  isActive?: boolean;
  /** Plain JSON; handlers find it on the identity. */
  metadata?: Readonly<Record<string, unknown>>;
}

/** A key that was made elsewhere, by its hash. */
export interface RegisteredApiKeyInput extends Omit<ApiKeyInput, 'name'> {
  /** SHA-256 of the whole key, 64 hexadecimal digits. */
  keyHash: string;
  /** Default: a new UUID. */
  keyId?: string;
  /** Default: `registered`. */
  name?: string;
  /** Default: now. */
  createdAt?: Date;
}

/** What `ApiKeyService.update` may change; the owner stays. `null` clears a field. */
export interface ApiKeyUpdate extends Partial<
  Omit<ApiKeyInput, 'userId' | 'orgId' | 'rateLimit' | 'expiresAt'>
> {
  rateLimit?: RateLimit | null;
  expiresAt?: Date | null;
}

/** How a key is replaced. */
export interface ApiKeyRotation {
  /** How long the old key still works: seconds, or text such as `'7d'`. At most 90 days. Default 24 hours. */
  overlap?: Duration;
}

/** Schemas of what the API key service takes. */
export function apiKeyInputSchemas(catalogue: AnyPermissionCatalogue | undefined) {
  const subject = idText;
  const date = storableDate;
  const whole = z.int('is not a whole number').min(1, 'is below 1');
  const window = whole.max(MAX_WINDOW, `is above ${MAX_WINDOW}`);
  const name = labelText;
  const rateLimit = z.strictObject({ limit: whole, window }, 'is not { limit, window }');
  const permissions = grantsSchema(catalogue);
  const isActive = z.boolean('is neither true nor false');

  const create = z.strictObject({
    name,
    userId: subject,
    orgId: subject.optional(),
    permissions: permissions.default([]),
    rateLimit: rateLimit.optional(),
    expiresAt: date.optional(),
    isActive: isActive.default(true),
    metadata: metadataSchema.default({}),
  });
  return {
    create,
    register: create.extend({
      name: name.default('registered'),
      keyHash: z
        .string('is not text')
        .regex(/^[0-9a-f]{64}$/i, 'is not 64 hexadecimal digits')
        .toLowerCase(),
      keyId: subject.optional(),
      createdAt: date.optional(),
    }),
    update: z
      .strictObject({
        name,
        permissions,
        rateLimit: rateLimit.nullable(),
        expiresAt: date.nullable(),
        isActive,
        metadata: metadataSchema,
      })
      .partial(),
    rotation: z.strictObject({
      overlap,
    }),
  };
}

/** A record without its hash: what may be shown. */
export type ApiKey = Omit<ApiKeyRecord, 'keyHash'>;
