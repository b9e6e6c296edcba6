import type { Provider } from '@nestjs/common';

import { Clock } from '../clock.js';
import type { AuthStrategy } from '../guard/auth-strategy.js';
import { PermissionSets } from '../identity/permission-set.js';
import { SubjectDirectory } from '../identity/subject-directory.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { JwtStrategy } from '../tokens/jwt.strategy.js';
import { BearerStrategy } from './bearer.strategy.js';
import { loadJose } from './jose.loader.js';
import { TrustedIssuers } from './trusted-issuers.js';

/** Verifies bearer tokens: the application's own, and those of trusted issuers. */
export abstract class BearerTokens {
  abstract readonly strategy: AuthStrategy;
}

/** Nothing stands between the gate and the application's own tokens where no other issuer is trusted. */
export const ISSUER_PROVIDERS: readonly Provider[] = [
  {
    provide: BearerTokens,
    inject: [ResolvedAuthOptions, JwtStrategy, PermissionSets, SubjectDirectory, Clock],
    useFactory: async (
      options: ResolvedAuthOptions,
      own: JwtStrategy,
      permissions: PermissionSets,
      subjects: SubjectDirectory,
      clock: Clock,
    ): Promise<BearerTokens> => {
      if (options.trustedIssuers.length === 0) return { strategy: own };
      const issuers = new TrustedIssuers(options, permissions, subjects, clock, await loadJose());
      return { strategy: new BearerStrategy(own, options.jwt.issuer, issuers) };
    },
  },
];
