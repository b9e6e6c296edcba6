import { z } from 'zod';

import type { ResolvedLoginOptions, ResolvedLoginProvider } from './login-provider-options.js';
import type { Report } from './options-error.js';
import { isIssuerAddress, webAddress } from './web-address.js';

const NO_TEXT = 'is not text. Give a string';
const SWITCH = 'is neither true nor false. Give one of the two';
const NO_NAME = 'is no name of a provider. Give 1 to 32 lower-case letters, digits and hyphens';
const NO_PROVIDER = 'is no provider. Give what oidcProvider() or one of its like returned';
const NO_PROVIDERS = 'is no object of providers. Give for example { google: googleProvider({ … }) }';
const NO_ISSUER = 'is no address of an issuer. Give for example https://login.example.com, with https';
const NO_TENANT = 'is of no tenant. Give its id, a UUID, or organizations, consumers or common';
const NO_ADDRESS = 'is no address. Give for example https://api.example.com, with https';
const NO_SCOPE = 'does not hold openid. Give for example openid email profile';
const NO_REDIRECTS = "is no list of addresses. Give for example ['https://app.example.com/login/done']";
const NO_REDIRECT =
  'holds what is no exact address. Give for example https://app.example.com/login/done, without a fragment';

const MICROSOFT =
  /^https:\/\/login\.microsoftonline\.com\/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|organizations|consumers|common)\/v2\.0$/;

const text = z.string(NO_TEXT).refine((value) => value.trim() !== '', 'is empty. Give a string');
const address = z.string(NO_ADDRESS).refine(isIssuerAddress, NO_ADDRESS);

const client = {
  clientId: text,
  clientSecret: text,
  trustsEmail: z.boolean(SWITCH).default(false),
  createsUsers: z.boolean(SWITCH).default(true),
};

const oidc = {
  ...client,
  issuer: z.string(NO_ISSUER).max(250, NO_ISSUER).refine(isIssuerAddress, NO_ISSUER),
  scope: z
    .string(NO_TEXT)
    .refine((scope) => scope.split(' ').includes('openid'), NO_SCOPE)
    .default('openid email profile'),
};

const provider = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.enum(['oidc', 'google']), ...oidc }),
    z.strictObject({
      kind: z.literal('microsoft'),
      ...oidc,
      issuer: z.string(NO_TENANT).regex(MICROSOFT, NO_TENANT),
      trustsEmail: z.literal(false, 'is no option of Microsoft. Leave it out').default(false),
    }),
    z.strictObject({
      kind: z.literal('github'),
      ...client,
      serverUrl: address.default('https://github.com'),
      apiUrl: address.default('https://api.github.com'),
    }),
  ],
  NO_PROVIDER,
);

/** A native application's own scheme has a dot (RFC 8252 section 7.1), as no scheme of a browser's has. */
function isRedirect(written: string): boolean {
  if (/[\s\\#]/.test(written) || !URL.canParse(written)) return false;
  return webAddress(written) !== undefined || /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+:\/[^/]/.test(written);
}

/** What the options of logins with a provider may hold. */
export const loginOptionsShape = {
  loginProviders: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, NO_NAME), provider, NO_PROVIDERS)
    .optional(),
  loginRedirects: z.array(z.string(NO_REDIRECT).refine(isRedirect, NO_REDIRECT), NO_REDIRECTS).optional(),
  loginBaseUrl: address.optional(),
};

type Written = z.output<z.ZodObject<typeof loginOptionsShape>> & {
  readonly jwt: { readonly issuer: string };
  readonly endpoints: false | { readonly prefix: string };
};

interface Given {
  readonly hasUsers?: boolean;
  readonly hasLoginProviders?: boolean;
  readonly hasLoginStores?: boolean;
}

/** @returns undefined without providers. Reports what does not hold between the options. */
export function resolveLogins(
  { loginProviders, loginRedirects, loginBaseUrl, jwt, endpoints }: Written,
  given: Given,
  report: Report,
): ResolvedLoginOptions | undefined {
  if (loginProviders === undefined) {
    const beside = (name: string): void => report(name, 'is given without loginProviders', 'leave it out');
    if (loginRedirects !== undefined) beside('loginRedirects');
    if (loginBaseUrl !== undefined) beside('loginBaseUrl');
    if (given.hasLoginProviders)
      report('loginProviders', 'is on and not given', 'give providers, or leave loginProviders: true out');
    return undefined;
  }
  if (!given.hasUsers) report('loginProviders', 'is given without users', 'add users: true, or leave it out');
  if (!given.hasLoginProviders)
    report(
      'loginProviders',
      'is given by the factory alone',
      'say loginProviders: true beside useFactory, where its endpoints are decided',
    );
  if (given.hasUsers && given.hasLoginStores === false)
    report(
      'stores.linkedAccounts',
      'is missing beside loginProviders',
      'add linkedAccounts and loginStates to the stores',
    );
  if (loginRedirects === undefined || loginRedirects.length === 0)
    report('loginRedirects', 'is missing beside loginProviders', 'give the addresses at which logins end');
  const base = loginBaseUrl ?? jwt.issuer;
  if (!isIssuerAddress(base)) {
    report(
      'loginBaseUrl',
      'is missing, and jwt.issuer is no address that could stand for it',
      'give the address of this application, for example https://api.example.com',
    );
    return undefined;
  }
  const prefix = endpoints === false ? 'auth' : endpoints.prefix;
  const callback = (name: string): string => `${base.replace(/\/+$/, '')}/${prefix}/callback/${name}`;
  return {
    providers: Object.entries(loginProviders).map(([name, one]) => resolved(name, callback(name), one)),
    redirects: loginRedirects ?? [],
    isSecure: base.startsWith('https:'),
  };
}

function resolved(name: string, callback: string, one: z.output<typeof provider>): ResolvedLoginProvider {
  if (one.kind !== 'github') return { ...one, name, callback, apiUrl: undefined };
  const { serverUrl, apiUrl, ...rest } = one;
  return {
    ...rest,
    ...{ name, callback },
    issuer: `${serverUrl.replace(/\/+$/, '')}/login/oauth`,
    scope: 'read:user user:email',
    apiUrl: apiUrl.replace(/\/+$/, ''),
  };
}
