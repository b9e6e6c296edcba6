import { z } from 'zod';

import { isTooDeep } from '../identity/depth.js';
import { BuiltInPermission, isKnownGrant } from '../identity/permission.js';
import type { Claims, ClaimsPreset, MappedClaims, ResolvedTrustedIssuer } from '../options/oauth-options.js';

const text = z.string().min(1);

/** What a function may say. */
const mapped = z.strictObject({
  permissions: z.array(text).readonly().optional(),
  roles: z.array(text).readonly().optional(),
  orgId: text.optional(),
  email: text.optional(),
  name: text.optional(),
  metadata: z
    .record(z.string(), z.unknown())
    .refine((metadata) => !isTooDeep(metadata))
    .optional(),
  userId: text.max(255).optional(),
  provider: z.enum(['jwt', 'service']).optional(),
});

/**
 * What a token says of its subject, in this application's words.
 *
 * @returns undefined when a function refuses it.
 * @throws whatever the function throws, and Error when it does not say what it should.
 */
export function mapClaims(
  claims: Claims,
  { mapClaims: mapping, audience }: Pick<ResolvedTrustedIssuer, 'mapClaims' | 'audience'>,
): MappedClaims | undefined {
  if (typeof mapping !== 'function') return { ...personOf(claims), ...PRESETS[mapping](claims, audience) };
  const answer: unknown = mapping(claims);
  if (answer === undefined) return undefined;
  if (answer instanceof Promise) {
    answer.catch(() => undefined);
    throw new TypeError('mapClaims gave a promise');
  }
  return mapped.parse(answer) as MappedClaims;
}

type Preset = (claims: Claims, audience: readonly string[]) => MappedClaims;

const PRESETS: Readonly<Record<ClaimsPreset, Preset>> = {
  scope: ({ scope }) => ({
    permissions: withoutOurs(typeof scope === 'string' ? scope.split(' ') : textsOf(scope)),
  }),
  permissions: ({ permissions }) => ({ permissions: withoutOurs(textsOf(permissions)) }),
  roles: ({ roles }) => ofRoles(textsOf(roles)),
  keycloak: ({ realm_access: realm, resource_access: resources }, audience) =>
    ofRoles([
      ...rolesIn(realm),
      ...audience.flatMap((name) => (isObject(resources) ? rolesIn(own(resources, name)) : [])),
    ]),
};

/** A role may be named after a permission. */
function ofRoles(names: readonly string[]): MappedClaims {
  const roles = [...new Set(names)];
  return { roles, permissions: withoutOurs(roles) };
}

/**
 * Everything is more than a list of another server should give without a function that means it, and so is what this
 * package's own endpoints ask for: `user:read` at an issuer is seldom all users here.
 */
function withoutOurs(grants: readonly string[]): readonly string[] {
  return grants.filter((grant) => !isKnownGrant(grant, BuiltInPermission));
}

/** Some issuers say it in words. */
const VERIFIED: readonly unknown[] = [true, 'true', undefined];

function personOf({ email, email_verified: isVerified, name, org_id: orgId }: Claims): MappedClaims {
  return {
    ...(isText(email) && VERIFIED.includes(isVerified) && { email }),
    ...(isText(name) && { name }),
    ...(isText(orgId) && { orgId }),
  };
}

function rolesIn(access: unknown): readonly string[] {
  return isObject(access) ? textsOf(access.roles) : [];
}

function own(record: Claims, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter(isText) : [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null;
}
