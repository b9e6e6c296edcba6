import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';

import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  AuthSchemes,
  CurrentUser,
  OptionalAuth,
  Public,
  RequireAnyPermission,
  RequirePermissions,
  TokenService,
  type UserIdentity,
} from 'nestjs-gatehouse';
import { of, type Observable } from 'rxjs';

/** Subjects of this run alone: a broker may serve several at once. */
const RUN = randomUUID();
export const pattern = (name: string): string => `orders.${RUN}.${name}`;

/** Each rule of the gate once, for message handlers. */
@Controller()
export class OrdersController {
  /** Whom events were from, in the order of their arrival. */
  readonly noticed: string[] = [];
  /** Emits `noticed` after each. */
  readonly events = new EventEmitter();

  constructor(private readonly tokens: TokenService) {}

  /** No decorator: closed. */
  @MessagePattern(pattern('whoami'))
  whoAmI(@CurrentUser() user: UserIdentity, @Ctx() context: { user?: UserIdentity }): string[] {
    return [user.userId, String(context.user?.userId)];
  }

  @MessagePattern(pattern('place'))
  @RequirePermissions('memory:create')
  place(@Payload() order: unknown, @CurrentUser('userId') userId: string): Observable<string> {
    return of(`${JSON.stringify(order)} for ${userId}`);
  }

  @MessagePattern(pattern('stats'))
  @RequireAnyPermission('admin:read', 'admin:write')
  stats(): number {
    return 1;
  }

  @MessagePattern(pattern('ping'))
  @Public()
  ping(@CurrentUser() user: UserIdentity | undefined): string {
    return `for ${user?.userId ?? 'anyone'}`;
  }

  @MessagePattern(pattern('greet'))
  @OptionalAuth()
  greet(@CurrentUser() user: UserIdentity | undefined): string {
    return `hello ${user?.userId ?? 'stranger'}`;
  }

  @MessagePattern(pattern('machine'))
  @AuthSchemes('api-key')
  forMachines(@CurrentUser('provider') provider: string): string {
    return provider;
  }

  /** Lets the gate answer for what it verifies itself. */
  @MessagePattern(pattern('whose'))
  @Public()
  async whose(@Payload() token: string): Promise<string> {
    return (await this.tokens.verifyAccessToken(token)).userId;
  }

  @EventPattern<string>(pattern('noted'))
  noted(@CurrentUser() user: UserIdentity | undefined): void {
    this.#notice(user?.userId ?? 'nobody');
  }

  @EventPattern<string>(pattern('heard'))
  @Public()
  heard(@CurrentUser() user: UserIdentity | undefined): void {
    this.#notice(user?.userId ?? 'anyone');
  }

  #notice(name: string): void {
    this.noticed.push(name);
    this.events.emit('noticed');
  }
}
