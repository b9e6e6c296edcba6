import { Injectable } from '@nestjs/common';

import { RouteTable } from '../guard/route-table.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { isIssuerAddress } from '../options/web-address.js';

/** Where services find what, as they write it. Paths are those that the application routes, a global prefix included. */
@Injectable()
export class ServiceAddresses {
  readonly #paths = new Map<string, string | undefined>();

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly routes: RouteTable,
  ) {}

  /** `jwt.issuer` when it is an address; the address of the application otherwise. */
  get issuer(): string {
    const { issuer } = this.options.jwt;
    return isIssuerAddress(issuer) ? issuer : this.baseUrl;
  }

  /** Without a slash at its end. */
  get baseUrl(): string {
    const { services } = this.options;
    if (services === undefined) throw new TypeError('services is off');
    return services.baseUrl;
  }

  get tokenEndpoint(): string {
    return this.baseUrl + (this.#pathOf('TokenEndpointController') ?? '/oauth/token');
  }

  /** Undefined when there is no such endpoint. */
  get keySet(): string | undefined {
    const path = this.#pathOf('KeySetController');
    return path && this.baseUrl + path;
  }

  /** What the `aud` of an assertion may name (RFC 7523 section 3). */
  get audiences(): readonly string[] {
    return [this.issuer, this.tokenEndpoint];
  }

  #pathOf(controller: string): string | undefined {
    if (!this.#paths.has(controller)) {
      const found = this.routes.find().find(({ target }) => target.name === controller);
      this.#paths.set(controller, found?.path);
    }
    return this.#paths.get(controller);
  }
}
