import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

import { actorOf, type Origin } from '../events/auth-events.js';
import { UserIdentity } from '../identity/user-identity.js';
import { callerOf } from './caller.js';
import { carrierOf } from './carrier.js';

/** A request id is repeated in events and logs, so it is taken only where it can do no harm there. */
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Where a call comes from, for events. */
export function originOf(context: ExecutionContext): Origin {
  const carrier = carrierOf(context);
  const caller = callerOf(context);
  const requestId = carrier.value('x-request-id');
  const { ip } = carrier.host as { ip?: unknown };
  return {
    ...(caller instanceof UserIdentity && { actor: actorOf(caller) }),
    ...(typeof requestId === 'string' && REQUEST_ID.test(requestId) && { requestId }),
    ...(typeof ip === 'string' && { ip }),
  };
}

/** Hands a handler the {@link Origin} of its call. */
export const CallOrigin: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext): Origin => originOf(context),
);
