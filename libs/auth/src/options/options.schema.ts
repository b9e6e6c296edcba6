import { KeyObject } from 'node:crypto';
import { z } from 'zod';

import { isPermission } from '../identity/permission.js';
import { parseDuration } from './duration.js';

/** Texts are `what is wrong. Remedy.`; zod's own texts are replaced where they would not help. */
const text = z.string({ error: 'is not text. Give a string' }).refine((value) => value.trim() !== '', {
  error: 'is empty. Leave it out to get the default',
});

const duration = z
  .union([z.number(), z.string()], { error: "is not a duration. Give seconds, or text such as '15m'" })
  .transform((value, context) => {
    const seconds = parseDuration(value);
    if (seconds !== undefined && seconds >= 0) return seconds;
    context.addIssue({ code: 'custom', message: "is not a duration. Give seconds, or text such as '15m'" });
    return z.NEVER;
  });

const lifetime = duration.refine((seconds) => seconds >= 1, {
  error: 'is shorter than a second. Give at least 1',
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

const names = z.record(z.string(), z.record(z.string(), z.string()), {
  error: 'is no catalogue. Give what definePermissions() returned',
});

const jwt = z.strictObject({
  secret: z
    .union([z.string(), z.instanceof(Uint8Array)], { error: 'is neither text nor a Buffer' })
    .optional(),
  privateKey: keyMaterial.optional(),
  publicKey: keyMaterial.optional(),
  algorithm: z.string({ error: 'is not text. Give for example HS256' }).optional(),
  keyId: text.optional(),
  issuer: text.default('gatehouse'),
  audience: z
    .union([z.literal(false), text, z.array(text).nonempty()], {
      error: 'is no audience. Give a string, a list of strings, or false',
    })
    .optional(),
  accessTokenTtl: lifetime.default(3_600),
  maxAccessTokenTtl: lifetime.default(365 * 86_400),
  clockTolerance: duration
    .refine((seconds) => seconds <= 60, { error: 'is over 60 seconds. Synchronise the clocks instead' })
    .default(0),
  acceptedTypes: z.array(text, { error: "is not a list. Give for example ['JWT']" }).default([]),
});

const apiKeys = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9]{1,16}$/, 'is not 1 to 16 letters and digits. Give for example ck')
    .default('ck'),
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'is no header name. Give for example X-API-Key')
    .refine(
      (name) => name.toLowerCase() !== 'authorization',
      'is taken by bearer tokens. Give for example X-API-Key',
    )
    .default('X-API-Key'),
});

/** Everything that {@link AuthOptions} may hold, nothing else, with its defaults. */
export const optionsSchema = z.strictObject(
  {
    jwt: jwt.prefault({}),
    apiKeys: z
      .union([z.literal(false), apiKeys], { error: 'is not apiKeys options. Give an object, or false' })
      .prefault({}),
    permissions: names
      .refine((catalogue) => Object.values(catalogue).flatMap(Object.values).every(isPermission), {
        error: 'is no catalogue. Give what definePermissions() returned',
      })
      .optional(),
    requireAuth: z.boolean('is not true or false').default(true),
    requireAuthExceptions: z
      .array(exception, 'is not a list. Give paths such as /health or /docs/*')
      .default(['/health', '/health/live', '/health/ready', '/docs', '/redoc', '/openapi.json']),
    realm: z
      .string()
      .regex(
        /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,64}$/,
        'has characters that a challenge cannot hold. Give for example api',
      )
      .default('api'),
    identityCache: z
      .union([
        z.literal(false),
        z.strictObject({
          maxEntries: z.number().int().min(1).max(1_000_000, 'is over a million entries').default(10_000),
        }),
      ])
      .prefault({}),
  },
  { error: 'is not an object of options' },
);
