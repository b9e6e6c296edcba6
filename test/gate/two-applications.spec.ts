import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { ApiKeyService, CurrentUser, TokenService } from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { boot, closeAll, PLATFORMS, SECRET, type Booted, type Platform } from '../support/platforms.js';

@Controller()
class WhoController {
  @Get('who')
  who(@CurrentUser('userId') userId: string): object {
    return { userId };
  }
}

interface Application extends Booted {
  readonly name: string;
  readonly token: string;
  readonly apiKey: string;
}

/** Of one name, issuer and audience: they differ in the secret alone. */
async function bootApplication(platform: Platform, name: string, secret: string): Promise<Application> {
  const booted = await boot(platform, { controllers: [WhoController], auth: { jwt: { secret } } });
  const token = booted.app.get(TokenService).createAccessToken({ userId: name });
  const { key } = await booted.app.get(ApiKeyService).create({ name: 'k', userId: name });
  return { ...booted, name, token, apiKey: key };
}

const other = (application: Platform): Platform => (application === 'express' ? 'fastify' : 'express');
const scrambled = (n: number): string => SECRET.slice(n) + SECRET.slice(0, n);

describe.each(PLATFORMS)('applications with secrets of their own in one process: %s', (platform) => {
  let all: readonly Application[];

  beforeAll(async () => {
    all = [
      await bootApplication(platform, 'first', SECRET),
      await bootApplication(platform, 'second', scrambled(7)),
      await bootApplication(other(platform), 'third', scrambled(13)),
    ];
  });
  afterAll(closeAll);

  const who = ({ url }: Application, credential: { token?: string; apiKey?: string }) =>
    call(`${url}/who`, credential);

  it("accept their own tokens and keys, and nobody else's", async () => {
    for (const host of all) {
      for (const guest of all) {
        const expected = host === guest ? { status: 200, body: { userId: host.name } } : { status: 401 };
        expect(await who(host, { token: guest.token })).toMatchObject(expected);
        expect(await who(host, { apiKey: guest.apiKey })).toMatchObject(expected);
      }
    }
  });

  it('do so when all are asked at the same time', async () => {
    const pairs = all.flatMap((host) => all.map((guest) => [host, guest] as const));
    const rounds = Array.from({ length: 10 }, (_, round) =>
      pairs.map(async ([host, guest]) => {
        // Tokens that nobody has seen yet, so that none is remembered.
        const token = guest.app
          .get(TokenService)
          .createAccessToken({ userId: guest.name, metadata: { round } });
        const { status, body } = await who(host, { token });
        const isRight =
          host === guest
            ? status === 200 && (body as { userId?: string }).userId === host.name
            : status === 401;
        return isRight ? undefined : `${guest.name} at ${host.name}: ${status}`;
      }),
    );
    expect((await Promise.all(rounds.flat())).filter((wrong) => wrong !== undefined)).toEqual([]);
  });

  it('do so after one of them has gone', async () => {
    const passing = await bootApplication(platform, 'passing', scrambled(21));
    expect((await who(passing, passing)).status).toBe(200);
    await passing.app.close();
    for (const host of all) {
      expect(await who(host, { token: host.token })).toMatchObject({ status: 200 });
      expect(await who(host, { token: passing.token })).toMatchObject({ status: 401 });
    }
  });
});
