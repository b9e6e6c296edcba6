import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import { z } from 'zod';

import { AuthError } from '../errors.js';
import type { Origin } from '../events/auth-events.js';
import { AuthSchemes, OptionalAuth, Public, RequireAuth } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { UserIdentity } from '../identity/user-identity.js';
import { TokenService } from '../tokens/token.service.js';
import { SessionService, type SessionTokens } from './session.service.js';
import { sessionView, type SessionView } from './session.view.js';

const refreshToken = z.string('is not text').min(1, 'is empty').max(200, 'is longer than 200 characters');
const RefreshBody = z.strictObject({ refreshToken });
type RefreshBody = z.infer<typeof RefreshBody>;
const LogoutBody = z.strictObject({ refreshToken: refreshToken.optional() });
type LogoutBody = z.infer<typeof LogoutBody>;

/** What callers do with their own sessions. */
@Controller()
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly tokens: TokenService,
  ) {}

  /** The refresh token is the credential. 401 `credentials_invalid` when it is no longer good. */
  @Post('refresh')
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  refresh(
    @Body(new InputPipe(RefreshBody)) { refreshToken }: RefreshBody,
    @CallOrigin() origin: Origin,
  ): Promise<SessionTokens> {
    return this.sessions.refresh(refreshToken, origin);
  }

  /**
   * Ends the session of the refresh token in the body, or else that of the access token; an access token without a
   * session that is kept here is revoked itself. A refresh token that is not good any more has nothing left to end: 204 as well.
   */
  @Post('logout')
  @OptionalAuth()
  @AuthSchemes('jwt')
  @HttpCode(204)
  async logout(
    @Body(new InputPipe(LogoutBody)) { refreshToken }: LogoutBody,
    @CurrentUser() user: UserIdentity | undefined,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    if (refreshToken !== undefined) {
      const found = await this.sessions.findByToken(refreshToken);
      if (found !== undefined) await this.sessions.close(found.session.sessionId, origin);
    } else if (user === undefined) {
      throw new AuthError('credentials_missing', 'neither a refresh token nor an access token');
    } else if (user.sessionId === undefined || !(await this.sessions.close(user.sessionId, origin))) {
      await this.tokens.revoke(user, origin);
    }
  }

  /** Ends all sessions of the caller, and refuses every access token that was issued to them until now. */
  @Post('logout-all')
  @AuthSchemes('jwt')
  @HttpCode(204)
  logoutAll(@CurrentUser('userId') userId: string, @CallOrigin() origin: Origin): Promise<void> {
    return this.sessions.closeAll(userId, origin);
  }

  /** The caller's open sessions, oldest first. */
  @Get('sessions')
  @AuthSchemes('jwt')
  async list(@CurrentUser() user: UserIdentity): Promise<SessionView[]> {
    const sessions = await this.sessions.list(user.userId);
    return sessions.map((session) => sessionView(session, user.sessionId));
  }

  /** Ends one of the caller's sessions. 404 for any other, whether it exists or not. */
  @Delete('sessions/:id')
  @AuthSchemes('jwt')
  @HttpCode(204)
  async close(
    @Param('id') sessionId: string,
    @CurrentUser() user: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    const session = await this.sessions.find(sessionId);
    if (session === undefined || session.userId !== user.userId) throw new NotFoundException();
    await this.sessions.close(sessionId, origin);
  }

  /** Who is calling, as the gate sees it. */
  @Get('me')
  @RequireAuth()
  me(@CurrentUser() user: UserIdentity): UserIdentity {
    return user;
  }
}
