import { withBuiltIn } from '../identity/permission.js';
import type { AuthOptions, EndpointsOptions, ResolvedAuthOptions } from './auth-options.js';
import { readEnvironment, VARIABLES } from './environment.js';
import { loadKeyRing } from './key-ring.js';
import { AuthOptionsError, type Report } from './options-error.js';
import { optionsSchema } from './options.schema.js';

/**
 * What users wrote, completed by the environment and the defaults, checked, and frozen.
 *
 * @param endpoints judged with the rest; who needs them has read them before (see `resolveEndpoints`).
 * @throws AuthOptionsError with every problem at once.
 */
export function resolveOptions(
  options: AuthOptions = {},
  endpoints: EndpointsOptions | false = {},
): ResolvedAuthOptions {
  const problems: string[] = [];
  const report: Report = (option, problem, remedy) => {
    const variable = VARIABLES[option];
    const place = variable === undefined ? option : `${option} (${variable})`;
    problems.push(`${place} ${problem}.${remedy === undefined ? '' : ` Remedy: ${remedy}.`}`);
  };

  const merged = merge(options, readEnvironment(report));
  const parsed = optionsSchema.safeParse(isObject(merged) ? { ...merged, endpoints } : merged);
  const refused = new Set<string>();
  for (const { path, message, ...issue } of parsed.error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        report(optionAt([...path, key]), 'is no option', 'remove it or correct its name');
    } else {
      const option = optionAt(path) || 'options';
      const [problem, remedy] = message.split('. ', 2);
      refused.add(option);
      report(option, problem!, lowerFirst(remedy));
    }
  }
  // The keys are judged whatever else is wrong, so that all problems are told at once, and each of them once.
  const keys =
    isObject(merged) && isObject(merged.jwt)
      ? loadKeyRing(merged.jwt, (option, ...problem) => {
          if (!refused.has(option)) report(option, ...problem);
        })
      : undefined;
  if (parsed.data !== undefined && parsed.data.jwt.accessTokenTtl > parsed.data.jwt.maxAccessTokenTtl) {
    report('jwt.accessTokenTtl', 'is longer than jwt.maxAccessTokenTtl', 'shorten it, or raise the maximum');
  }
  if (!parsed.success || keys === undefined || problems.length > 0)
    throw new AuthOptionsError([...new Set(problems)]);

  const { data } = parsed;
  const audience = data.jwt.audience ?? data.jwt.issuer;
  return deepFreeze({
    jwt: {
      keys,
      keyEncryptionKey: data.jwt.keyEncryptionKey,
      issuer: data.jwt.issuer,
      audience: audience === false ? undefined : [audience].flat(),
      accessTokenTtl: data.jwt.accessTokenTtl,
      maxAccessTokenTtl: data.jwt.maxAccessTokenTtl,
      clockTolerance: data.jwt.clockTolerance,
      acceptedTypes: [...new Set(['at+jwt', ...data.jwt.acceptedTypes.map(normaliseType)])],
    },
    apiKeys:
      data.apiKeys === false
        ? undefined
        : { maxRateLimit: undefined, maxLifetime: undefined, ...data.apiKeys },
    permissions: data.permissions && withBuiltIn(data.permissions),
    requireAuth: data.requireAuth,
    requireAuthExceptions: data.requireAuthExceptions,
    realm: data.realm,
    identityCache: data.identityCache === false ? undefined : data.identityCache,
    revocation: data.revocation,
    sessions: data.sessions,
  });
}

/** An option that is left out comes from its variable. Keys in the options leave the variables of the secret unread. */
function merge(options: AuthOptions, environment: AuthOptions): unknown {
  if (!isObject(options)) return options;
  const merged: Record<string, unknown> = { ...withoutUndefined(environment), ...withoutUndefined(options) };
  const { jwt = {} } = options;
  if (!isObject(jwt)) return merged;
  const fromEnvironment = { ...environment.jwt };
  if (jwt.privateKey !== undefined || jwt.publicKey !== undefined) delete fromEnvironment.secret;
  if (jwt.keys !== undefined) {
    delete fromEnvironment.secret;
    delete fromEnvironment.algorithm;
  }
  merged.jwt = { ...withoutUndefined(fromEnvironment), ...withoutUndefined(jwt) };
  return merged;
}

/** `jwt.keys[1].secret`. The last number is left out: what is wrong with an item is wrong with its list. */
function optionAt(path: readonly PropertyKey[]): string {
  return path.reduce<string>((option, part, i) => {
    if (typeof part === 'number') return i === path.length - 1 ? option : `${option}[${part}]`;
    return option === '' ? String(part) : `${option}.${String(part)}`;
  }, '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function normaliseType(type: string): string {
  return type.toLowerCase().replace(/^application\//, '');
}

function withoutUndefined(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function lowerFirst(sentence: string | undefined): string | undefined {
  return sentence && sentence[0]!.toLowerCase() + sentence.slice(1);
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null && isPlain(part)) deepFreeze(part);
  }
  return Object.freeze(value);
}

/** Keys are shared objects of node:crypto: immutable, and not ours to freeze. */
function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
