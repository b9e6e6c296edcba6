import { z } from 'zod';

import { lifetime } from './duration.schema.js';
import type { ExternalAlgorithm, ResolvedTrustedIssuer, TrustedIssuerOptions } from './oauth-options.js';
import type { Report } from './options-error.js';
import { KEY_PAIR_ALGORITHMS } from './signing-keys.js';
import { isIssuerAddress, webAddress } from './web-address.js';

/** Every algorithm that a key of another issuer may have: none with a shared secret. */
export const EXTERNAL_ALGORITHMS: readonly ExternalAlgorithm[] = [...KEY_PAIR_ALGORITHMS, 'EdDSA'];

/** Leaves a subject of an issuer room in a `userId` of 255 characters. */
const MAX_ISSUER_LENGTH = 190;
const NO_ISSUER = 'is no address of an issuer. Give for example https://login.example.com, with https';
const NO_ADDRESS = 'is no address. Give for example https://login.example.com/jwks, with https';
const NO_AUDIENCE = 'is no audience. Give a string or a list of strings';
const NO_ALGORITHMS = `is no list of public key algorithms. Give some of ${EXTERNAL_ALGORITHMS.join(', ')}`;
const NO_TYPES = "is not a list. Give for example ['JWT']";
const NO_MAPPING = 'is no mapping. Give scope, permissions, roles, keycloak or a function';
const NO_TEXT = 'is not text. Give a string';
const TOO_LONG = "is over 5 minutes. Give for example '30s'";

/** What is never presented to a resource (OpenID Connect Back-Channel Logout, RFC 9449, RFC 8417, RFC 7523). */
const OTHER_TYPES = ['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'client-authentication+jwt', 'id_token+jwt'];
const OTHER_TYPE = "has a type of tokens that are no access tokens. Give for example ['JWT']";

const text = z.string(NO_TEXT).refine((value) => value.trim() !== '', 'is empty. Give a string');
const address = z.string(NO_ADDRESS).refine((value) => webAddress(value) !== undefined, NO_ADDRESS);

const introspection = z.strictObject(
  {
    endpoint: address.optional(),
    clientId: text,
    clientSecret: text,
    cacheFor: lifetime.refine((seconds) => seconds <= 300, TOO_LONG).default(30),
  },
  'is not introspection options. Give for example { clientId, clientSecret }',
);

const trustedIssuer = z.strictObject(
  {
    issuer: z.string(NO_ISSUER).max(MAX_ISSUER_LENGTH, NO_ISSUER).refine(isIssuerAddress, NO_ISSUER),
    audience: z
      .union([text, z.array(text).nonempty(NO_AUDIENCE)], NO_AUDIENCE)
      .transform((audience): readonly string[] => [audience].flat()),
    jwksUri: address.optional(),
    algorithms: z
      .array(z.enum(EXTERNAL_ALGORITHMS as [ExternalAlgorithm], NO_ALGORITHMS), NO_ALGORITHMS)
      .nonempty(NO_ALGORITHMS)
      .default(['RS256', 'PS256', 'ES256', 'EdDSA'] as unknown as [ExternalAlgorithm]),
    acceptedTypes: z
      .array(z.string(NO_TYPES), NO_TYPES)
      .transform((types) => types.map((type) => type.toLowerCase().replace(/^application\//, '')))
      .refine((types) => types.every((type) => !OTHER_TYPES.includes(type)), OTHER_TYPE)
      .default([]),
    mapClaims: z
      .union(
        [
          z.enum(['scope', 'permissions', 'roles', 'keycloak']),
          z.custom<Extract<TrustedIssuerOptions['mapClaims'], Function>>(
            (value) => typeof value === 'function',
          ),
        ],
        NO_MAPPING,
      )
      .default('scope'),
    introspection: introspection.optional(),
  },
  'is no issuer. Give for example { issuer, audience }',
);

/** What `trustedIssuers` may hold. */
export const trustedIssuersSchema = z
  .array(trustedIssuer, 'is no list of issuers. Give for example [{ issuer, audience }]')
  .transform((issuers): readonly ResolvedTrustedIssuer[] =>
    issuers.map(({ acceptedTypes, introspection: asked, ...issuer }) => ({
      ...issuer,
      jwksUri: issuer.jwksUri,
      acceptedTypes: [...new Set(['at+jwt', ...acceptedTypes])],
      introspection: asked && { ...asked, endpoint: asked.endpoint },
    })),
  );

/** What has to hold between issuers, and between them and the application. */
export function reportTrustedIssuers(
  issuers: readonly ResolvedTrustedIssuer[],
  ownIssuer: string,
  report: Report,
): void {
  const names = issuers.map(({ issuer }) => issuer);
  if (new Set(names).size < names.length)
    report('trustedIssuers', 'has an issuer twice', 'put what differs into one entry, or leave one out');
  names.forEach((name, i) => {
    if (name === ownIssuer)
      report(
        `trustedIssuers[${i}].issuer`,
        "is the application's own",
        'leave it out: tokens of jwt.issuer are accepted anyway',
      );
  });
  if (issuers.filter(({ introspection: asked }) => asked !== undefined).length > 1)
    report(
      'trustedIssuers',
      'has introspection for more than one issuer',
      'leave one: an opaque token does not say whose it is',
    );
}
