import type { Provider, Type } from '@nestjs/common';

import { AccountMails } from './account-mails.js';
import { EmailVerificationService } from './email-verification.service.js';
import { InvitationManagement } from './invitation.management.js';
import { InvitationService } from './invitation.service.js';
import { LoginAttempts } from './login-attempts.js';
import { LoginService } from './login.service.js';
import { NewPasswords } from './new-passwords.js';
import { OneTimeTokenService } from './one-time-token.service.js';
import { OrganisationMoves } from './organisation-moves.js';
import { PasswordHasher } from './password.hasher.js';
import { PasswordPolicy } from './password.policy.js';
import { PasswordService } from './password.service.js';
import { RegistrationService } from './registration.service.js';
import { SetupService } from './setup.service.js';
import { UserManagement } from './user.management.js';
import { UserService } from './user.service.js';

/** What people are made of. They need a `UserStore`, a `OneTimeTokenStore`, an `AuthMailer`, sessions and roles. */
export const USER_PROVIDERS: readonly Provider[] = [
  PasswordHasher,
  PasswordPolicy,
  LoginAttempts,
  LoginService,
  SetupService,
  UserService,
  UserManagement,
  OneTimeTokenService,
  AccountMails,
  NewPasswords,
  PasswordService,
  RegistrationService,
  EmailVerificationService,
  InvitationService,
  InvitationManagement,
  OrganisationMoves,
];

/** What applications may inject of it. */
export const USER_EXPORTS: readonly Type[] = [UserService, LoginService, SetupService];
