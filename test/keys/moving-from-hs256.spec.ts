import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type DynamicModule } from '@nestjs/common';
import { AuthModule, Clock, CurrentUser, TokenService } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

import { blocksOf } from '../readme/readme.js';
import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS, SECRET, type Booted } from '../support/platforms.js';
import { ROOT } from '../support/source-files.js';

@Controller()
class WhoController {
  @Get('who')
  who(@CurrentUser('userId') userId: string): string {
    return userId;
  }
}

const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** The configurations of the recipe, as the page has them. */
const recipe = blocksOf(readFileSync(`${ROOT}docs/signing-keys.md`, 'utf8'))
  .filter(({ section, language }) => section === 'From HS256 to a key pair' && language === 'js')
  .map(({ text }) => text.replace(/;\s*$/, ''));

function moduleOf(code: string): DynamicModule {
  // oxlint-disable-next-line typescript/no-implied-eval -- it is the text of our own page
  const make = new Function('AuthModule', 'secret', 'privateKey', `return ${code}`) as (
    ...values: unknown[]
  ) => DynamicModule;
  return make(AuthModule, SECRET, privateKey);
}

describe.each(PLATFORMS)('the way from HS256 to a key pair on %s', (platform) => {
  const clock = new ManualClock();
  /** One instance for each configuration: as in a rollout, that of a step and that of the next run side by side. */
  let steps: readonly Booted[];

  beforeAll(async () => {
    steps = await Promise.all(
      recipe.map((code) =>
        boot(platform, {
          authModule: moduleOf(code),
          controllers: [WhoController],
          override: (builder) => builder.overrideProvider(Clock).useValue(clock),
        }),
      ),
    );
  });
  afterAll(closeAll);

  const tokenOf = (step: number): string =>
    steps[step]!.app.get(TokenService).createAccessToken({ userId: 'ada' });
  /** What the instances of some steps make of a token. */
  const answers = async (token: string, ...asked: number[]): Promise<unknown[]> =>
    Promise.all(
      asked.map(async (step) => {
        const { status, body } = await call(`${steps[step]!.url}/who`, { token });
        return status === 200 ? body : (body as { code: string }).code;
      }),
    );

  it('refuses no token before it expires', async () => {
    expect(recipe).toHaveLength(4);
    const algorithms = steps.map(({ app }, step) => app.get(TokenService).decode(tokenOf(step))!.header.alg);
    expect(algorithms).toEqual(['HS256', 'HS256', 'ES256', 'ES256']);

    const before = tokenOf(0);
    expect(await answers(before, 0, 1)).toEqual(['ada', 'ada']);
    clock.advance(600);
    const during = tokenOf(1);
    expect(await answers(during, 0, 1, 2)).toEqual(['ada', 'ada', 'ada']);
    clock.advance(600);
    const after = tokenOf(2);
    expect(await answers(after, 1, 2, 3)).toEqual(['ada', 'ada', 'ada']);
    // Whoever skips the first step: an instance that does not know the key yet.
    expect(await answers(after, 0)).toEqual(['credentials_invalid']);

    clock.advance(2_399);
    for (const token of [before, during, after]) expect(await answers(token, 1, 2)).toEqual(['ada', 'ada']);
    clock.advance(1);
    expect(await answers(before, 2)).toEqual(['token_expired']);
    clock.advance(600);
    expect(await answers(during, 2)).toEqual(['token_expired']);
    expect(await answers(after, 2, 3)).toEqual(['ada', 'ada']);
    // Whoever takes the last step too early: the secret verifies nothing any more.
    expect(await answers(tokenOf(0), 3)).toEqual(['credentials_invalid']);
    clock.advance(600);
    expect(await answers(after, 2, 3)).toEqual(['token_expired', 'token_expired']);
  });
});
