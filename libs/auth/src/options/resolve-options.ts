import { withBuiltIn } from '../identity/permission.js';
import type { AuthOptions, ResolvedAuthOptions } from './auth-options.js';
import type { EndpointsOptions } from './endpoints.js';
import { reportRoles } from './code-roles.js';
import { readEnvironment, VARIABLES } from './environment.js';
import { loadKeyRing } from './key-ring.js';
import { resolveLogins } from './login-provider.schema.js';
import { AuthOptionsError, type Report } from './options-error.js';
import { reportTrustedIssuers } from './oauth-options.schema.js';
import { optionsSchema } from './options.schema.js';
import { reportServices, resolveServices } from './service-options.js';

/** What was decided before the options were known, and what was handed over beside them. */
export interface OptionsSurroundings {
  /** Judged with the rest; who needs them has read them before (see `resolveEndpoints`). */
  readonly endpoints?: EndpointsOptions | false;
  /** Whether people are kept here. */
  readonly hasUsers?: boolean;
  /** Whether events are kept. */
  readonly hasAudit?: boolean;
  /** Whether there is a place for people. */
  readonly hasUserStores?: boolean;
  readonly hasMailer?: boolean;
  readonly hasSubjects?: boolean;
  /** Whether people log in with providers. */
  readonly hasLoginProviders?: boolean;
  /** Whether there is a place for that. */
  readonly hasLoginStores?: boolean;
  /** Whether services get tokens here. */
  readonly hasServices?: boolean;
  /** Whether there is a place for them. */
  readonly hasClientStore?: boolean;
}

/**
 * What users wrote, completed by the environment and the defaults, checked, and frozen.
 *
 * @throws AuthOptionsError with every problem at once.
 */
export function resolveOptions(
  options: AuthOptions = {},
  { endpoints = {}, ...given }: OptionsSurroundings = {},
): ResolvedAuthOptions {
  const problems: string[] = [];
  const report: Report = (option, problem, remedy) => {
    const variable = VARIABLES[option];
    const place = variable === undefined ? option : `${option} (${variable})`;
    problems.push(`${place} ${problem}.${remedy === undefined ? '' : ` Remedy: ${remedy}.`}`);
  };

  const merged = merge(options, readEnvironment(report), given);
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
  reportUsers(parsed.data, given, report);
  if (parsed.data !== undefined) {
    reportRoles(parsed.data.roles, parsed.data.permissions, report);
    reportTrustedIssuers(parsed.data.trustedIssuers, parsed.data.jwt.issuer, report);
    const hasStore = given.hasClientStore !== false;
    const canSign = keys?.find(({ state }) => state === 'active')?.signingKey !== undefined || !keys?.length;
    if (parsed.data.services !== false)
      reportServices(parsed.data.services, parsed.data.jwt, { hasStore, canSign }, report);
  }
  const logins = parsed.data && resolveLogins(parsed.data, given, report);
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
    users: data.users === false ? undefined : { setupToken: undefined, ...data.users },
    roles: data.roles,
    audit: data.audit === false ? undefined : data.audit,
    logins,
    trustedIssuers: data.trustedIssuers,
    services: data.services === false ? undefined : resolveServices(data.services, data.jwt),
  });
}

/** People who are kept here need somebody who sends them mail, and are the subjects themselves. */
function reportUsers(
  data:
    | {
        readonly users: unknown;
        readonly audit: unknown;
        readonly services: unknown;
        readonly roles: readonly unknown[];
      }
    | undefined,
  { hasUsers = false, hasAudit = false, hasServices = false, ...given }: OptionsSurroundings,
  report: Report,
): void {
  const beside = (name: string): void =>
    report(
      name,
      'is given by the factory alone',
      `say ${name}: true beside useFactory, where its endpoints are decided`,
    );
  if (data !== undefined && data.users !== false && !hasUsers) beside('users');
  if (data !== undefined && data.audit !== false && !hasAudit) beside('audit');
  if (data !== undefined && data.services !== false && !hasServices) beside('services');
  if (hasUsers && given.hasUserStores === false)
    report('stores.users', 'is missing beside users', 'add users, oneTimeTokens and roles to the stores');
  if (hasUsers && !given.hasMailer)
    report('mailer', 'is missing beside users', 'give an AuthMailer that sends mail');
  if (hasUsers && given.hasSubjects)
    report('subjects', 'is given beside users', 'leave one of the two out: users are the subjects');
  if (!hasUsers && data !== undefined && data.roles.length > 0)
    report('roles', 'is given without users', 'add users: true, or leave it out');
}

/** An option that is left out comes from its variable. Keys in the options leave the variables of the secret unread. */
function merge(
  options: AuthOptions,
  { users: usersVariables, ...environment }: AuthOptions,
  { hasUsers, hasAudit, hasServices }: OptionsSurroundings,
): unknown {
  if (!isObject(options)) return options;
  const merged: Record<string, unknown> = { ...withoutUndefined(environment), ...withoutUndefined(options) };
  if (hasUsers && (merged.users === undefined || merged.users === true)) merged.users = {};
  if (hasUsers && isObject(merged.users) && isObject(usersVariables))
    merged.users = { ...usersVariables, ...merged.users };
  if (hasAudit) merged.audit ??= true;
  if (hasServices) merged.services ??= true;
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
