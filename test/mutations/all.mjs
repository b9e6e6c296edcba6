import { ACCOUNT_MUTATIONS } from './accounts.mjs';
import { API_KEY_MANAGEMENT_MUTATIONS } from './api-key-management.mjs';
import { API_KEY_MUTATIONS } from './api-keys.mjs';
import { AUDIT_MUTATIONS } from './audit.mjs';
import { BOOT_MUTATIONS } from './boot.mjs';
import { DEMAND_MUTATIONS } from './demands.mjs';
import { ENDPOINT_MUTATIONS } from './endpoints.mjs';
import { GUARD_MUTATIONS } from './guard.mjs';
import { HOLDING_MUTATIONS } from './holdings.mjs';
import { LIVE_PERMISSION_MUTATIONS } from './live-permissions.mjs';
import { LOGIN_MUTATIONS } from './logins.mjs';
import { OAUTH_MUTATIONS } from './oauth.mjs';
import { PROVIDER_LOGIN_MUTATIONS } from './provider-logins.mjs';
import { REQUEST_MUTATIONS } from './requests.mjs';
import { REVOCATION_MUTATIONS } from './revocation.mjs';
import { SERVICE_MUTATIONS } from './services.mjs';
import { SIGNING_KEY_MUTATIONS } from './signing-keys.mjs';
import { TOKEN_MUTATIONS } from './tokens.mjs';

/** Where the files of mutations are, from the root of the repository. */
export const SOURCES = 'libs/auth/src';

/** Every mutation, room by room. */
export const MUTATIONS = [
  ...TOKEN_MUTATIONS,
  ...SIGNING_KEY_MUTATIONS,
  ...API_KEY_MUTATIONS,
  ...API_KEY_MANAGEMENT_MUTATIONS,
  ...REVOCATION_MUTATIONS,
  ...LIVE_PERMISSION_MUTATIONS,
  ...REQUEST_MUTATIONS,
  ...GUARD_MUTATIONS,
  ...DEMAND_MUTATIONS,
  ...HOLDING_MUTATIONS,
  ...BOOT_MUTATIONS,
  ...AUDIT_MUTATIONS,
  ...ACCOUNT_MUTATIONS,
  ...LOGIN_MUTATIONS,
  ...ENDPOINT_MUTATIONS,
  ...SERVICE_MUTATIONS,
  ...PROVIDER_LOGIN_MUTATIONS,
  ...OAUTH_MUTATIONS,
];

/** @returns the row of a mutation in the table of test/README.md. */
export function rowOf({ check, file, spec, test }) {
  const cells = [check, `\`${file}\``, `\`${spec.replace(`${SOURCES}/`, '')}\``, test];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('*', '\\*')).join(' | ')} |`;
}

/** How often a mutation's text occurs in its file; a mutation can be applied if that is once. */
export function occurrences(text, { search }) {
  return text.split(search).length - 1;
}
