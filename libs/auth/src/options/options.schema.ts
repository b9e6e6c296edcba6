import { createSecretKey, KeyObject } from 'node:crypto';
import { z } from 'zod';

import { isPermission } from '../identity/permission.js';
import { MAX_WINDOW } from './duration.js';
import { duration, lifetime } from './duration.schema.js';
import { endpointsSchema } from './endpoints.js';
import { loginOptionsShape } from './login-provider.schema.js';
import { trustedIssuersSchema } from './oauth-options.schema.js';
import { orElse, orFalse, orSwitch } from './or-else.schema.js';
import { servicesSchema } from './service-options.js';
import { auditSchema, rolesSchema, usersSchema } from './user-options.schema.js';

/** Texts are `what is wrong. Remedy.`; zod's own texts are replaced where they would not help. */
const text = z.string({ error: 'is not text. Give a string' }).refine((value) => value.trim() !== '', {
  error: 'is empty. Leave it out to get the default',
});

const keyMaterial = z.union(
  [z.string(), z.custom<KeyObject>((value) => value instanceof KeyObject), z.record(z.string(), z.unknown())],
  {
    error: 'is no key. Give PEM text, a JWK or a KeyObject',
  },
);

const exception = z
  .string({ error: 'is not text. Give paths such as /health or /docs/*' })
  .refine(
    (path) => /^(?:\/[A-Za-z0-9._~!$&'()+=:@-]+)+(?:\/\*)?$/.test(path) && !/\/\.{1,2}(?:\/|$)/.test(path),
    {
      error: 'holds a path that is neither exact nor a subtree. Write for example /health or /docs/*',
    },
  );

const NO_CATALOGUE = { error: 'is no catalogue. Give what definePermissions() returned' };

const catalogue = z
  .record(z.string(), z.record(z.string(), z.string(NO_CATALOGUE), NO_CATALOGUE), NO_CATALOGUE)
  .refine(
    (resources) =>
      Object.entries(resources).every(([resource, names]) =>
        Object.entries(names).every(
          ([action, name]) => name === `${resource}:${action}` && isPermission(name),
        ),
      ),
    NO_CATALOGUE,
  );

const NO_AUDIENCE = { error: 'is no audience. Give a string, a list of strings, or false' };

const keyOptions = {
  secret: z
    .union([z.string(), z.instanceof(Uint8Array)], {
      error: 'is neither text nor a Buffer. Give one of the two',
    })
    .optional(),
  privateKey: keyMaterial.optional(),
  publicKey: keyMaterial.optional(),
  algorithm: z.string({ error: 'is not text. Give for example HS256' }).optional(),
  keyId: text.optional(),
};

const NO_ENCRYPTION_KEY = 'is not 32 bytes in base64. Make some with: openssl rand -base64 32';

const encryptionKey = z
  .union([z.string(), z.instanceof(Uint8Array)], NO_ENCRYPTION_KEY)
  .transform((value, context) => {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.from(value);
    const isPlain = typeof value !== 'string' || /^[A-Za-z0-9+/_-]{43}=?$/.test(value);
    if (isPlain && bytes.length === 32 && new Set(bytes).size > 8) return createSecretKey(bytes);
    context.addIssue({ code: 'custom', message: NO_ENCRYPTION_KEY });
    return z.NEVER;
  });

const NO_STATE = 'is neither next, active nor retired. Give one of the three';
const NO_KEYS = 'is no list of keys. Give for example [{ keyId, algorithm, privateKey }]';

const ringKey = z.strictObject(
  {
    ...keyOptions,
    secretFile: text.optional(),
    privateKeyFile: text.optional(),
    publicKeyFile: text.optional(),
    state: z.enum(['next', 'active', 'retired'], NO_STATE).default('active'),
  },
  { error: NO_KEYS },
);

const jwt = z.strictObject(
  {
    ...keyOptions,
    keys: orElse('store', z.array(ringKey, { error: NO_KEYS }).nonempty({ error: NO_KEYS })).optional(),
    keyEncryptionKey: encryptionKey.optional(),
    issuer: text.default('gatehouse'),
    audience: z.union([z.literal(false), text, z.array(text).nonempty(NO_AUDIENCE)], NO_AUDIENCE).optional(),
    accessTokenTtl: lifetime.default(3_600),
    maxAccessTokenTtl: lifetime.default(365 * 86_400),
    clockTolerance: duration
      .refine((seconds) => seconds <= 60, { error: 'is over 60 seconds. Synchronise the clocks instead' })
      .default(0),
    acceptedTypes: z.array(text, { error: "is not a list. Give for example ['JWT']" }).default([]),
  },
  { error: 'is not an object. Give for example { secret }' },
);

const NO_LIMIT = 'is no limit. Give for example { limit: 1000, window: 3600 }';
const TOO_LONG = 'is over 24 days. Give for example 3600';
const whole = z.int(NO_LIMIT).min(1, NO_LIMIT);
const NO_PREFIX = 'is not 1 to 16 letters and digits. Give for example ck';
const NO_QUOTA = 'is not a whole number from 1. Give for example 100';
const NO_HEADER = 'is no header name. Give for example X-API-Key';

const apiKeys = z.strictObject(
  {
    prefix: z
      .string(NO_PREFIX)
      .regex(/^[A-Za-z0-9]{1,16}$/, NO_PREFIX)
      .default('ck'),
    header: z
      .string(NO_HEADER)
      .regex(/^[A-Za-z0-9-]{1,64}$/, NO_HEADER)
      .refine(
        (name) => name.toLowerCase() !== 'authorization',
        'is taken by bearer tokens. Give for example X-API-Key',
      )
      .default('X-API-Key'),
    maxRateLimit: z
      .strictObject({ limit: whole, window: whole.max(MAX_WINDOW, TOO_LONG) }, NO_LIMIT)
      .optional(),
    maxLifetime: lifetime.optional(),
    maxKeysPerOwner: z.int(NO_QUOTA).min(1, NO_QUOTA).default(100),
  },
  { error: 'is not apiKeys options. Give an object, or false' },
);

const NO_BOUND = 'is not a whole number from 1 to 1,000,000. Give for example 10000';

const identityCache = z.strictObject(
  {
    maxEntries: z.int(NO_BOUND).min(1, NO_BOUND).max(1_000_000, NO_BOUND).default(10_000),
    maxAge: lifetime.default(3_600),
  },
  { error: 'is not identityCache options. Give an object, or false' },
);

const revocation = z.strictObject(
  {
    maxStaleness: lifetime.default(10),
    onStale: z
      .enum(['refuse', 'allow'], 'is neither refuse nor allow. Give one of the two')
      .default('refuse'),
  },
  { error: 'is not an object. Give for example { maxStaleness }' },
);

const sessions = z.strictObject(
  {
    lifetime: lifetime.default(30 * 86_400),
    rotationGrace: duration
      .refine((seconds) => seconds <= 60, { error: 'is over 60 seconds. Give for example 5' })
      .default(5),
  },
  { error: 'is not an object. Give for example { lifetime }' },
);

const NO_REALM = 'is not text that a challenge can hold. Give for example api';

/** Everything that {@link AuthOptions} may hold, nothing else, with its defaults. */
export const optionsSchema = z.strictObject(
  {
    jwt: jwt.prefault({}),
    apiKeys: orFalse(apiKeys).prefault({}),
    permissions: catalogue.optional(),
    requireAuth: z.boolean('is neither true nor false. Give one of the two').default(true),
    requireAuthExceptions: z
      .array(exception, 'is not a list. Give paths such as /health or /docs/*')
      .default(['/health', '/health/live', '/health/ready', '/docs', '/redoc', '/openapi.json']),
    realm: z
      .string(NO_REALM)
      .regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]{1,64}$/, NO_REALM)
      .default('api'),
    identityCache: orFalse(identityCache).prefault({}),
    endpoints: orFalse(endpointsSchema).prefault({}),
    revocation: revocation.prefault({}),
    sessions: sessions.prefault({}),
    users: orSwitch(usersSchema),
    roles: rolesSchema.prefault({}),
    audit: orSwitch(auditSchema),
    ...loginOptionsShape,
    trustedIssuers: trustedIssuersSchema.prefault([]),
    services: orSwitch(servicesSchema),
  },
  { error: 'is not an object. Give an object of options' },
);
