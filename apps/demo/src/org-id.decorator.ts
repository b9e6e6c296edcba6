import { createParamDecorator, ForbiddenException, type ExecutionContext } from '@nestjs/common';
import type { UserIdentity } from 'nestjs-gatehouse';

/** The caller's organisation. A caller without one has no data here: 403. */
export const OrgId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { user } = context.switchToHttp().getRequest<{ user?: UserIdentity }>();
  if (user?.orgId === undefined) throw new ForbiddenException('The caller belongs to no organisation');
  return user.orgId;
});
