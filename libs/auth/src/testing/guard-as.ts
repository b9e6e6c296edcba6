import type { CanActivate, ExecutionContext } from '@nestjs/common';

import { AccessRules, denialOf } from '../guard/access-rule.js';
import { hideCaller, leaveCaller } from '../guard/caller.js';
import { carrierOf } from '../guard/carrier.js';
import { UserIdentity, type UserIdentityData } from '../identity/user-identity.js';

/**
 * A guard that lets every call in as one caller, whatever credential it carries. The permissions and roles that handlers
 * require are still asked for; a call that lacks one is refused with Nest's plain 403. Policies are not asked.
 *
 * ```ts
 * Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(AuthGuard)
 *   .useValue(guardAs({ userId: 'ada', permissions: ['session:*'] }));
 * ```
 *
 * @param caller an identity, or its data; `credentialId` may be left out.
 */
export function guardAs(
  caller: UserIdentity | (Omit<UserIdentityData, 'credentialId'> & { credentialId?: string }),
): CanActivate {
  const identity =
    caller instanceof UserIdentity ? caller : new UserIdentity({ credentialId: 'test', ...caller });
  const rules = new AccessRules();
  return {
    canActivate(context: ExecutionContext): boolean {
      const rule = rules.of(context.getClass(), context.getHandler());
      if (rule.access === 'public') return hideCaller(context);
      leaveCaller(carrierOf(context), context, identity);
      return denialOf(rule, identity) === undefined;
    },
  };
}
