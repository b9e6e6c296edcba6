import type { AuthOptions, ResolvedAuthOptions } from './auth-options.js';
import { readEnvironment, VARIABLES } from './environment.js';
import { AuthOptionsError, type Report } from './options-error.js';
import { optionsSchema } from './options.schema.js';
import { loadKeys } from './signing-keys.js';

/**
 * What users wrote, completed by the environment and the defaults, checked, and frozen.
 *
 * @throws AuthOptionsError with every problem at once.
 */
export function resolveOptions(options: AuthOptions = {}): ResolvedAuthOptions {
  const problems: string[] = [];
  const report: Report = (option, problem, remedy) => {
    const variable = VARIABLES[option];
    const place = variable === undefined ? option : `${option} (${variable})`;
    problems.push(`${place} ${problem}.${remedy === undefined ? '' : ` Remedy: ${remedy}.`}`);
  };

  const parsed = optionsSchema.safeParse(merge(options, readEnvironment(report)));
  for (const { path, message, ...issue } of parsed.error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        report([...path, key].join('.'), 'is no option', 'remove it or correct its name');
    } else {
      const [problem, remedy] = message.split('. ', 2);
      report(
        path.filter((part) => typeof part === 'string').join('.') || 'options',
        problem!,
        lowerFirst(remedy),
      );
    }
  }
  const jwt = parsed.data?.jwt ?? { ...options.jwt };
  const keys = loadKeys(jwt as Parameters<typeof loadKeys>[0], report);
  if (parsed.data !== undefined && parsed.data.jwt.accessTokenTtl > parsed.data.jwt.maxAccessTokenTtl) {
    report('jwt.accessTokenTtl', 'is longer than jwt.maxAccessTokenTtl', 'shorten it, or raise the maximum');
  }
  if (!parsed.success || keys === undefined || problems.length > 0)
    throw new AuthOptionsError([...new Set(problems)]);

  const { data } = parsed;
  const audience = data.jwt.audience ?? data.jwt.issuer;
  return deepFreeze({
    jwt: {
      ...keys,
      keyId: data.jwt.keyId,
      issuer: data.jwt.issuer,
      audience: audience === false ? undefined : [audience].flat(),
      accessTokenTtl: data.jwt.accessTokenTtl,
      maxAccessTokenTtl: data.jwt.maxAccessTokenTtl,
      clockTolerance: data.jwt.clockTolerance,
      acceptedTypes: [...new Set(['at+jwt', ...data.jwt.acceptedTypes.map(normaliseType)])],
    },
    apiKeys: data.apiKeys === false ? undefined : data.apiKeys,
    permissions: data.permissions,
    requireAuth: data.requireAuth,
    requireAuthExceptions: data.requireAuthExceptions,
    realm: data.realm,
    identityCache: data.identityCache === false ? undefined : data.identityCache,
  });
}

/** An option that is left out comes from its variable. A key pair in the options leaves the variable's secret unread. */
function merge(options: AuthOptions, environment: AuthOptions): unknown {
  if (typeof options !== 'object' || options === null) return options;
  const merged: Record<string, unknown> = { ...withoutUndefined(environment), ...withoutUndefined(options) };
  const { jwt = {} } = options;
  if (typeof jwt !== 'object' || jwt === null) return merged;
  const fromEnvironment = { ...environment.jwt };
  if (jwt.privateKey !== undefined || jwt.publicKey !== undefined) delete fromEnvironment.secret;
  merged.jwt = { ...withoutUndefined(fromEnvironment), ...withoutUndefined(jwt) };
  return merged;
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
