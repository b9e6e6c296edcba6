import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  MethodNotAllowedException,
  NotFoundException,
  Param,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import { z } from 'zod';

import type { Origin } from '../events/auth-events.js';
import { Public } from '../guard/access.decorators.js';
import { CallOrigin } from '../guard/call-origin.decorator.js';
import { InputPipe } from '../guard/input.pipe.js';
import type { SessionTokens } from '../sessions/session.service.js';
import { LoginBeginService } from './login-begin.service.js';
import { LoginCallbackService } from './login-callback.service.js';
import { LoginExchangeService } from './login-exchange.service.js';
import { LoginResponse, onlyParameter, queryOf, type BrowserRequest } from './login-response.js';

const ExchangeBody = z.strictObject({
  code: z.string('is not text').max(200, 'is longer than 200 characters'),
  codeVerifier: z.string('is not text').max(128, 'is longer than 128 characters').optional(),
});
type ExchangeBody = z.infer<typeof ExchangeBody>;

const NOT_YOURS =
  'This login was not begun in this browser, is over, or took longer than ten minutes. Go back to the application and log in again.';

/** Where people log in with a provider. */
@Controller()
export class LoginProviderController {
  constructor(
    private readonly beginnings: LoginBeginService,
    private readonly callbacks: LoginCallbackService,
    private readonly exchanges: LoginExchangeService,
    private readonly answers: LoginResponse,
  ) {}

  /**
   * A browser goes here: 302 to the provider. `redirect_to` is one of `loginRedirects`, `code_challenge` an S256 challenge
   * if the application wants one. 400 for anything else, 404 for an unknown provider, 503 when it is away.
   */
  @Get('login/:provider')
  @Public()
  async begin(
    @Param('provider') provider: string,
    @Req() request: BrowserRequest,
    @Res() response: unknown,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    this.#demandGet(request, response);
    const query = queryOf(request);
    const result = await this.beginnings.begin(
      {
        provider,
        redirectTo: onlyParameter(query, 'redirect_to'),
        codeChallenge: parameterIn(query, 'code_challenge'),
        cookies: request.headers.cookie,
      },
      origin,
    );
    if (result.outcome === 'unknown-provider') throw new NotFoundException();
    if (result.outcome === 'refused') throw new BadRequestException([result.problem]);
    this.answers.setCookies(response, result.cookies);
    this.answers.redirect(response, result.url);
  }

  /** The provider sends browsers here: 302 to the application with `code`, or with `error`. 400 when the login is not theirs. */
  @Get('callback/:provider')
  @Public()
  async finish(
    @Param('provider') provider: string,
    @Req() request: BrowserRequest,
    @Res() response: unknown,
    @CallOrigin() origin: Origin,
  ): Promise<void> {
    this.#demandGet(request, response);
    const { cookie } = request.headers;
    const result = await this.callbacks.finish(provider, queryOf(request), cookie, origin);
    if (result.outcome === 'unknown-provider') throw new NotFoundException();
    if (result.outcome === 'refused') return this.answers.refuse(response, 400, NOT_YOURS);
    this.answers.setCookies(response, [result.cookie]);
    this.answers.redirect(response, result.url);
  }

  /**
   * A browser goes here to end its session at the provider, after `POST /auth/logout`: 302 to the provider. `redirect_to`
   * is one of `loginRedirects` or left out. 404 for a provider that does not offer it.
   */
  @Get('logout/:provider')
  @Public()
  async logout(
    @Param('provider') provider: string,
    @Req() request: BrowserRequest,
    @Res() response: unknown,
  ): Promise<void> {
    this.#demandGet(request, response);
    const result = await this.beginnings.logoutAt(provider, parameterIn(queryOf(request), 'redirect_to'));
    if (result.outcome === 'unknown-provider') throw new NotFoundException();
    if (result.outcome === 'refused') throw new BadRequestException([result.problem]);
    this.answers.redirect(response, result.url);
  }

  /** The code is the credential. 400 when it is not good. */
  @Post('login/exchange')
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async exchange(
    @Body(new InputPipe(ExchangeBody)) { code, codeVerifier }: ExchangeBody,
    @CallOrigin() origin: Origin,
  ): Promise<SessionTokens> {
    const tokens = await this.exchanges.exchange(code, codeVerifier, origin);
    if (tokens === undefined)
      throw new BadRequestException(['code is unknown, was used already, has expired or is not yours']);
    return tokens;
  }

  /** Whoever only looks (HEAD comes here, too) begins and ends nothing. */
  #demandGet({ method }: BrowserRequest, response: unknown): void {
    this.answers.protect(response);
    if (method !== 'GET') throw new MethodNotAllowedException();
  }
}

/** A parameter that may be left out. Given twice it is wrong, and not left out. */
function parameterIn(query: string, name: string): string | undefined {
  return new URLSearchParams(query).has(name) ? (onlyParameter(query, name) ?? '') : undefined;
}
