/**
 * What is demanded of whoever takes credentials, from RFC 7515 to 7519, 8725, 9068, 9110 and 6750, and from advisories of
 * libraries that do the same job. The rows' names stand in the titles of the groups of attacks that show them.
 */
export const REQUIREMENTS = {
  A1: 'alg none is refused in any spelling, and as an option',
  A2: 'the algorithm is bound to the key, never taken from the token',
  A3: 'a public key is no HMAC secret, in no form, neither for an attacker nor in the options',
  A4: 'a weak secret stops the boot, and its value is not shown',
  A5: 'a weak, broken or unfit key pair stops the boot',
  A6: 'key sets, and a secret beside a key pair, are refused',
  A7: 'crit and b64 are refused',
  A8: 'jwk, jku, x5u and x5c are never used, and nobody is asked for keys',
  A9: 'kid is compared and nothing else',
  A10: 'base64url in one spelling',
  A11: 'three segments, not nested, not encrypted, not detached',
  A12: 'header and claims are JSON objects, valid UTF-8, no name twice',
  A13: 'exp is needed, a finite number, and not too far off',
  A14: 'nbf and iat are honoured in whatever type; leeway of a minute at most',
  A15: 'iss is equal',
  A16: 'aud is needed, and equal',
  A17: 'kinds of tokens and keys are not exchanged',
  A18: 'sub is needed, 1 to 255 characters; __proto__ is a name like any other',
  A19: 'what is meant to be expensive is refused before its signature is looked at',
  A20: 'a remembered identity belongs to the whole token, and ends with it',
  A21: 'a refusal does not tell whom it knows',
  B1: 'the scheme in any case, blanks, one token; nothing is parsed leniently',
  B2: 'bytes that do not belong into a header',
  B3: 'more than one credential of a kind',
  B4: 'no credential from the query, cookies, bodies or other headers',
  B5: 'paths, methods and framing never lead past the gate',
  B6: 'every 401 has its challenge, every 403 its scope',
  B7: 'the status of the body is that of the answer; a stable code; nothing of a library, a stack, a credential',
  B8: 'one answer for every key that is not good',
  B9: 'other transports have the same gate, and exceptions that they understand',
  B10: 'no log, header or body shows a credential or a secret',
  B11: 'whatever hands out a credential is not to be stored; nothing here hands one out',
} as const;

export type Row = keyof typeof REQUIREMENTS;

/** Rows that are shown by what needs no request, or no HTTP: the spec, and how the title of its test begins. */
export const SHOWN_ELSEWHERE: readonly (readonly [Row, spec: string, title: string])[] = [
  ['A1', 'libs/auth/src/options/signing-keys.spec.ts', 'the algorithm %j'],
  ['A3', 'libs/auth/src/options/hmac-secret.key-material.spec.ts', 'judgeSecret refuses what belongs to'],
  ['A4', 'libs/auth/src/options/signing-keys.spec.ts', 'a secret for %s of %d bytes'],
  ['A4', 'libs/auth/src/options/hmac-secret.spec.ts', 'says nothing that would tell of the secret'],
  ['A5', 'libs/auth/src/options/asymmetric-key.spec.ts', 'an RSA key of %s bits'],
  ['A5', 'libs/auth/src/options/asymmetric-key.spec.ts', 'the public exponent'],
  ['A5', 'libs/auth/src/options/asymmetric-key.spec.ts', 'a modulus with the ROCA flaw'],
  ['A5', 'libs/auth/src/options/asymmetric-key.spec.ts', 'a point that is on no curve'],
  ['A5', 'libs/auth/src/options/asymmetric-key.misuse.spec.ts', 'readKey refuses a JWK that is meant for'],
  [
    'A6',
    'libs/auth/src/options/asymmetric-key.misuse.spec.ts',
    'readKey refuses what is damaged or no single',
  ],
  ['A6', 'libs/auth/src/options/signing-keys.spec.ts', 'a secret beside a key pair'],
  ['A14', 'libs/auth/src/options/resolve-options.refusals.spec.ts', '%p as a duration'],
  ['A14', 'libs/auth/src/options/resolve-options.refusals.spec.ts', 'more leeway than a minute'],
  ['A20', 'test/gate/remembered.spec.ts', 'a remembered credential on %s'],
  ['B6', 'test/gate/answers.spec.ts', 'the answer table on %s'],
  ['B8', 'test/gate/api-key-answers.spec.ts', 'API keys on %s'],
  ['B9', 'test/transports/graphql.spec.ts', 'GraphQL with $name'],
  ['B9', 'test/transports/gateways.spec.ts', 'A gateway with $name'],
  ['B9', 'test/transports/rpc.spec.ts', 'Message handlers by TCP'],
  ['B10', 'test/gate/log.spec.ts', 'what the gate logs on %s'],
];
