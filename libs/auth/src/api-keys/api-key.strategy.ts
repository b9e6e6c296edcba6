import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';

import type { AuthStrategy } from '../guard/auth-strategy.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { ResolvedApiKeysOptions } from '../options/auth-options.js';
import type { ApiKeyService } from './api-key.service.js';

/** Verifies the scheme `api-key`: `passport-headerapikey` with the key service behind it. */
export class ApiKeyStrategy
  extends PassportStrategy(HeaderAPIKeyStrategy, 'api-key')
  implements AuthStrategy
{
  readonly scheme = 'api-key';
  readonly header: string;

  constructor(
    { header }: ResolvedApiKeysOptions,
    private readonly apiKeys: ApiKeyService,
  ) {
    // No prefix: the package puts it into a regular expression as it is.
    super({ header, prefix: '' }, false);
    this.header = header.toLowerCase();
  }

  validate(key: string): Promise<UserIdentity> {
    return this.apiKeys.verify(key);
  }

  /** An instance of its own: strategies register by name, so two applications in one process would share one. */
  getPassportInstance(): object {
    return new passport.Passport();
  }
}
