import type { JsonWebKey } from 'node:crypto';

import { z } from 'zod';

import { grantSchema } from '../identity/grants.schema.js';
import type { AnyPermissionCatalogue, PermissionGrant } from '../identity/permission.js';
import { idText, labelText } from '../input.fields.js';
import type { Duration } from '../options/duration.js';
import { overlap } from '../options/duration.schema.js';
import { readClientKey, type ClientKey } from './client-keys.js';

/** What may be said of a service when it is made. */
export interface ClientInput {
  /** For people, 1 to 100 characters. */
  name: string;
  orgId?: string | undefined;
  /** The most that its tokens carry, at most 200. Default: none. */
  permissions?: readonly PermissionGrant[] | undefined;
  /**
   * 1 to 10 public keys (RFC 7517), for a service that signs assertions (`private_key_jwt`, RFC 7523). RSA keys name their
   * `alg`; of several keys each has a `kid`. Default: none, and it gets a secret.
   */
  keys?: readonly JsonWebKey[] | undefined;
}

/** What `ClientService.update` may change. */
export interface ClientUpdate extends Partial<Pick<ClientInput, 'name' | 'permissions' | 'keys'>> {}

/** How the secret of a service is replaced. */
export interface SecretRotation {
  /** How long the secrets before it are still good: seconds, or text such as `'7d'`. At most 90 days. Default 24 hours. */
  overlap?: Duration | undefined;
}

const MAX_PERMISSIONS = 200;
const MAX_GRANT = 255;
const MAX_KEYS = 10;

const keys = z
  .array(
    z.record(z.string(), z.unknown(), 'is not a list of keys').transform((jwk, context): ClientKey => {
      const key = readClientKey(jwk);
      if (typeof key !== 'string') return key;
      context.addIssue({ code: 'custom', message: key });
      return z.NEVER;
    }),
    'is not a list of keys',
  )
  .min(1, 'has no key')
  .max(MAX_KEYS, `has more than ${MAX_KEYS} keys`)
  .refine(
    (list) => new Set(list.map(({ kid }) => kid)).size === list.length,
    'has several keys without a kid of their own',
  );

/** Schemas of what the client service takes. */
export function clientInputSchemas(catalogue: AnyPermissionCatalogue | undefined) {
  const name = labelText;
  const grant = grantSchema(catalogue).refine(
    (text) => text.length <= MAX_GRANT,
    `is longer than ${MAX_GRANT} characters`,
  );
  const permissions = z
    .array(grant, 'is not a list of permissions')
    .max(MAX_PERMISSIONS, `has more than ${MAX_PERMISSIONS} permissions`)
    .transform((grants): readonly string[] => [...new Set(grants)]);
  return {
    create: z.strictObject({
      name,
      orgId: idText.optional(),
      permissions: permissions.default([]),
      keys: keys.optional(),
    }),
    update: z.strictObject({
      name: name.optional(),
      permissions: permissions.optional(),
      keys: keys.optional(),
    }),
    rotation: z.strictObject({
      overlap,
    }),
  };
}
