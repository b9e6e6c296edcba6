import { BadRequestException, Body, Controller, HttpCode, Post } from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { Public } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import { RegistrationBody } from './account.requests.js';
import { RegistrationService } from './registration.service.js';

/** Accounts that anybody may make for themselves. */
@Controller()
export class RegistrationController {
  constructor(private readonly registrations: RegistrationService) {}

  /** 202 without a body, whether the address has an account already or not. */
  @Post('register')
  @Public()
  @HttpCode(202)
  async register(
    @Body(new InputPipe(RegistrationBody)) body: RegistrationBody,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    const problem = await this.registrations.register(body, origin);
    if (problem !== undefined) throw new BadRequestException([`password ${problem}`]);
  }
}
