import {
  BadRequestException,
  Body,
  Controller,
  Header,
  HttpCode,
  NotFoundException,
  Patch,
  Post,
} from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { AuthSchemes, Public } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { CurrentUser } from '../guard/current-user.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { UserIdentity } from '../identity/user-identity.js';
import type { SessionTokens } from '../sessions/session.service.js';
import {
  AcceptanceBody,
  AccountBody,
  AddressBody,
  PasswordBody,
  ResetBody,
  VerificationBody,
} from './account.requests.js';
import { EmailVerificationService } from './email-verification.service.js';
import { InvitationService } from './invitation.service.js';
import type { NewPasswordOutcome } from './new-passwords.js';
import { PasswordService } from './password.service.js';
import { UserService } from './user.service.js';
import { accountView, type AccountView } from './user.view.js';

/** What people do with their own accounts. An answer about an address is the same whether it has an account or not. */
@Controller()
export class AccountController {
  constructor(
    private readonly users: UserService,
    private readonly passwords: PasswordService,
    private readonly emails: EmailVerificationService,
    private readonly invitations: InvitationService,
  ) {}

  /** Changes what the caller is called. 404 for whoever has no account here. */
  @Patch('me')
  @AuthSchemes('jwt')
  async update(
    @Body(new InputPipe(AccountBody)) body: AccountBody,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<AccountView> {
    const result = await this.users.update(personOf(caller), body, origin);
    if (result.outcome !== 'changed') throw new NotFoundException();
    return accountView(result.user);
  }

  /** Ends every session of the caller and answers a new one. 400 when the current password is wrong. */
  @Post('password')
  @AuthSchemes('jwt')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async changePassword(
    @Body(new InputPipe(PasswordBody)) { currentPassword, newPassword }: PasswordBody,
    @CurrentUser() caller: UserIdentity,
    @CallOrigin() origin: Origin,
  ): Promise<SessionTokens> {
    const result = await this.passwords.change(personOf(caller), currentPassword, newPassword, origin);
    switch (result.outcome) {
      case 'changed':
        return result.tokens;
      case 'wrong':
        throw new BadRequestException(['currentPassword is wrong']);
      case 'unacceptable':
        throw new BadRequestException([`newPassword ${result.problem}`]);
      case 'unknown':
        throw new NotFoundException();
    }
  }

  /** 202 without a body. */
  @Post('password/forgot')
  @Public()
  @HttpCode(202)
  forgotPassword(
    @Body(new InputPipe(AddressBody)) { email }: AddressBody,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.passwords.forgot(email, origin);
  }

  /** The token of the mail is the credential. 400 when it is not good. */
  @Post('password/reset')
  @Public()
  @HttpCode(204)
  async resetPassword(
    @Body(new InputPipe(ResetBody)) { token, password }: ResetBody,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    demandSet(await this.passwords.reset(token, password, origin));
  }

  /** Sends the mail again. 202 without a body. */
  @Post('email/send-verification')
  @Public()
  @HttpCode(202)
  sendVerification(
    @Body(new InputPipe(AddressBody)) { email }: AddressBody,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    return this.emails.request(email, origin);
  }

  /** The token of the mail is the credential. 400 when it is not good. */
  @Post('email/verify')
  @Public()
  @HttpCode(204)
  async verifyEmail(
    @Body(new InputPipe(VerificationBody)) { token }: VerificationBody,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    if (!(await this.emails.verify(token, origin))) refuseToken();
  }

  /** The token of the mail is the credential. 400 when it is not good. */
  @Post('invitations/accept')
  @Public()
  @HttpCode(204)
  async acceptInvitation(
    @Body(new InputPipe(AcceptanceBody)) { token, password, name }: AcceptanceBody,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    demandSet(await this.invitations.accept(token, password, name, origin));
  }
}

/** A service has no account, whatever it calls itself. */
function personOf({ userId, provider }: UserIdentity): string {
  if (provider === 'service') throw new NotFoundException();
  return userId;
}

function demandSet(result: NewPasswordOutcome): void {
  if (result.outcome === 'unacceptable') throw new BadRequestException([`password ${result.problem}`]);
  if (result.outcome === 'refused') refuseToken();
}

function refuseToken(): never {
  throw new BadRequestException(['token is unknown, was used already or has expired']);
}
