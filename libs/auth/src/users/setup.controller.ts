import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  NotFoundException,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { z } from 'zod';

import type { Origin } from '../events/auth-events.js';
import { Public } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { readRequest } from '../guard/input.pipe.js';
import type { SessionTokens } from '../sessions/session.service.js';
import { emailSchema } from './email.js';
import { passwordSchema } from './password.schema.js';
import { SetupService } from './setup.service.js';
import { nameText } from './user.input.js';

const SetupBody = z.strictObject({
  setupToken: z.string('is not text').min(1, 'is empty').max(200, 'is longer than 200 characters'),
  email: emailSchema,
  password: passwordSchema,
  name: nameText.optional(),
});

/** Where the first administrator is made. */
@Controller()
export class SetupController {
  constructor(
    private readonly setups: SetupService,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /**
   * Answers a session of the new administrator. 401 for a wrong set-up token. Once there is an administrator, or without
   * a set-up token in the options, the answer is that of a path that nobody has, whatever the body is.
   */
  @Post('setup')
  @Public()
  async setUp(
    @Body() body: unknown,
    @Req() request: { originalUrl: string },
    @Res({ passthrough: true }) response: object,
    @CallOrigin() origin: Origin,
  ): Promise<SessionTokens> {
    if (!(await this.setups.isNeeded())) throw notThere(request);
    // No decorator: it would set the header of a path that nobody has, too.
    this.adapterHost.httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    const result = await this.setups.setUp(readRequest(SetupBody, body), origin);
    switch (result.outcome) {
      case 'completed':
        return result.tokens;
      case 'closed':
        throw notThere(request);
      case 'unacceptable':
        throw new BadRequestException([`password ${result.problem}`]);
      case 'email-taken':
        throw new ConflictException('email is taken');
    }
  }
}

/** What Nest answers on Express and on Fastify where there is no handler. */
function notThere({ originalUrl }: { originalUrl: string }): NotFoundException {
  return new NotFoundException(`Cannot POST ${originalUrl}`);
}
