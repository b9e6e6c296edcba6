import { z } from 'zod';

import { lifetime } from './duration.schema.js';
import type { ResolvedServicesOptions } from './oauth-options.js';
import type { Report } from './options-error.js';
import { isIssuerAddress } from './web-address.js';

const NO_ADDRESS = 'is no address. Give for example https://api.example.com, with https';

/** What `services` may hold when it is neither true nor false. */
export const servicesSchema = z.strictObject(
  {
    tokenTtl: lifetime.optional(),
    baseUrl: z.string(NO_ADDRESS).refine(isIssuerAddress, NO_ADDRESS).optional(),
  },
  { error: 'is not services options. Give an object, true or false' },
);

type Written = z.output<typeof servicesSchema>;
interface Jwt {
  readonly issuer: string;
  readonly accessTokenTtl: number;
  readonly maxAccessTokenTtl: number;
}

/** The options of services with what is left out taken from those of tokens. */
export function resolveServices({ tokenTtl, baseUrl }: Written, jwt: Jwt): ResolvedServicesOptions {
  return {
    tokenTtl: tokenTtl ?? jwt.accessTokenTtl,
    baseUrl: (baseUrl ?? jwt.issuer).replace(/\/+$/, ''),
  };
}

/** What has to hold between the options of services and the others. */
export function reportServices(
  { tokenTtl, baseUrl }: Written,
  jwt: Jwt,
  given: { readonly hasStore: boolean; readonly canSign: boolean },
  report: Report,
): void {
  if (baseUrl === undefined && !isIssuerAddress(jwt.issuer))
    report(
      'services.baseUrl',
      'is missing, and jwt.issuer is no address that could stand for it',
      'give the address of this application, for example https://api.example.com',
    );
  if (tokenTtl !== undefined && tokenTtl > jwt.maxAccessTokenTtl)
    report('services.tokenTtl', 'is longer than jwt.maxAccessTokenTtl', 'shorten it, or raise the maximum');
  if (!given.hasStore)
    report('stores.clients', 'is missing beside services', 'add clients to the stores, of the same database');
  if (!given.canSign)
    report('services', 'is on where no key signs', 'give jwt.privateKey, or leave services out');
}
