import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Delete,
  ForbiddenException,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import { z } from 'zod';

import type { Origin } from '../events/auth-events.js';
import { AuthSchemes } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { UserIdentity } from '../identity/user-identity.js';
import { LinkedAccountService } from './linked-account.service.js';
import { LoginBeginService } from './login-begin.service.js';
import { LoginResponse, type BrowserRequest } from './login-response.js';

const LinkBody = z.strictObject({
  redirectTo: z.string('is not text').max(2_048, 'is longer than 2048 characters'),
});
type LinkBody = z.infer<typeof LinkBody>;

/** A linked account as its user sees it. */
export interface LinkedAccountView {
  readonly provider: string;
  /** What the provider calls the person. */
  readonly id: string;
  readonly createdAt: Date;
}

/** What people do with their accounts at login providers. */
@Controller()
export class LinkedAccountController {
  constructor(
    private readonly accounts: LinkedAccountService,
    private readonly beginnings: LoginBeginService,
    private readonly answers: LoginResponse,
  ) {}

  /** The caller's linked accounts, oldest first. */
  @Get('me/providers')
  @AuthSchemes('jwt')
  async list(@CurrentUser() caller: UserIdentity): Promise<LinkedAccountView[]> {
    const accounts = await this.accounts.list(personOf(caller));
    return accounts.map(({ provider, subject: id, createdAt }) => ({ provider, id, createdAt }));
  }

  /**
   * Begins to link an account: the browser takes the cookie of this answer and goes to `url`. It comes back to `redirectTo`
   * with `linked` or `error`. 403 with a token that is of no session.
   */
  @Post('me/providers/:provider')
  @AuthSchemes('jwt')
  @HttpCode(200)
  async link(
    @Param('provider') provider: string,
    @Body(new InputPipe(LinkBody)) { redirectTo }: LinkBody,
    @CurrentUser() caller: UserIdentity,
    @Req() request: BrowserRequest,
    @Res({ passthrough: true }) response: unknown,
    @CallOrigin() origin: Origin,
  ): Promise<{ url: string }> {
    this.answers.protect(response);
    const userId = personOf(caller);
    const { sessionId } = caller;
    if (sessionId === undefined) throw new ForbiddenException();
    const { cookie: cookies } = request.headers;
    const asked = { provider, redirectTo, cookies, codeChallenge: undefined, linking: { userId, sessionId } };
    const result = await this.beginnings.begin(asked, origin);
    if (result.outcome === 'unknown-provider') throw new NotFoundException();
    if (result.outcome === 'refused')
      throw new BadRequestException(['redirectTo is not one of the addresses that are allowed']);
    this.answers.setCookies(response, result.cookies);
    return { url: result.url };
  }

  /** 404 for what is not the caller's, 409 for the last way to log in. */
  @Delete('me/providers/:provider/:id')
  @AuthSchemes('jwt')
  @HttpCode(204)
  async unlink(
    @Param('provider') provider: string,
    @Param('id') id: string,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    const result = await this.accounts.unlink(personOf(caller), provider, id, origin);
    if (result === 'unknown') throw new NotFoundException();
    if (result === 'last') throw new ConflictException('It is the last way to log in');
  }
}

/** A service has no account, whatever it calls itself. */
function personOf({ userId, provider }: UserIdentity): string {
  if (provider === 'service') throw new NotFoundException();
  return userId;
}
