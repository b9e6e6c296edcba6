import type { ResolvedAuthOptions } from '../options/auth-options.js';
import type { RouteTable } from './route-table.js';

const PATH = '/.well-known/oauth-protected-resource';

/** Where the metadata of this application as a protected resource are (RFC 9728 section 3). */
export class ResourceMetadataAddress {
  #path: string | undefined | null = null;

  constructor(
    private readonly options: Pick<ResolvedAuthOptions, 'services'>,
    private readonly routes: Pick<RouteTable, 'find'>,
  ) {}

  /** @returns undefined where there are none. */
  find(): string | undefined {
    const { services } = this.options;
    if (services === undefined) return undefined;
    // A global prefix goes before it. Looked for once: by the time of the first refusal the application has all its routes.
    if (this.#path === null)
      this.#path = this.routes
        .find()
        .find(({ transport, path }) => transport === 'http' && path.endsWith(PATH))?.path;
    return this.#path === undefined ? undefined : services.baseUrl + this.#path;
  }
}
