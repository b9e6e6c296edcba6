import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';

import type { Origin } from '../events/auth-events.js';
import { Public } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import type { SessionTokens } from '../sessions/session.service.js';
import { emailSchema } from './email.js';
import { LoginService } from './login.service.js';
import { passwordSchema } from './password.schema.js';

const LoginBody = z.strictObject({ email: emailSchema, password: passwordSchema });
type LoginBody = z.infer<typeof LoginBody>;

/** Where people log in. */
@Controller()
export class LoginController {
  constructor(private readonly logins: LoginService) {}

  /** 401 `credentials_invalid`, whatever is wrong; 429 `rate_limited` after too many attempts. */
  @Post('login')
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  login(
    @Body(new InputPipe(LoginBody)) body: LoginBody,
    @CallOrigin() origin: Origin,
  ): Promise<SessionTokens> {
    return this.logins.login(body, origin);
  }
}
