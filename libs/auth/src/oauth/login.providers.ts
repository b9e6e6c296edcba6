import type { Provider } from '@nestjs/common';

import { LinkedAccountService } from './linked-account.service.js';
import { LoginBeginService } from './login-begin.service.js';
import { LoginCallbackService } from './login-callback.service.js';
import { LoginExchangeService } from './login-exchange.service.js';
import { LoginStates } from './login-states.js';
import { LoginSubjects } from './login-subjects.js';
import { LoginResponse } from './login-response.js';
import { ProviderDirectory } from './provider-directory.js';

/** What logins with a provider are made of. They need people, a `LinkedAccountStore` and a `LoginStateStore`. */
export const LOGIN_PROVIDERS: readonly Provider[] = [
  ProviderDirectory,
  LoginStates,
  LoginSubjects,
  LoginBeginService,
  LoginCallbackService,
  LoginExchangeService,
  LinkedAccountService,
  LoginResponse,
];
