import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { ApiKeyService, ApiKeyStore, RequirePermissions, TokenService } from 'nestjs-gatehouse';

import { call, statusOf } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, SECRET } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';

@Controller()
class DoorController {
  @Get('open')
  open(): string {
    return 'in';
  }

  @Get('read')
  @RequirePermissions('session:read')
  read(): string {
    return 'in';
  }
}

describe.each(PLATFORMS)('what the gate logs on %s', (platform) => {
  afterEach(closeAll);

  const bootLogged = async () => {
    const logger = new RecordingLogger();
    const booted = await boot(platform, { controllers: [DoorController], nest: { logger } });
    const ofGuard = () =>
      logger.lines
        .filter(({ context }) => context === 'AuthGuard')
        .map(({ level, message }) => `${level} ${message}`);
    return { ...booted, logger, ofGuard };
  };

  it('is the reason of each refusal, for whoever debugs, and nothing of the credential', async () => {
    const { app, url, logger, ofGuard } = await bootLogged();
    const service = app.get(ApiKeyService);
    const inactive = await service.create({ name: 'k', userId: 'u', isActive: false });
    const revoked = await service.create({ name: 'k', userId: 'u' });
    await service.revoke(revoked.apiKey.keyId);
    const token = app.get(TokenService).createAccessToken({ userId: 'ada' });
    const foreign = forgeToken({ secret: SECRET.toLowerCase() });
    const expired = forgeToken({ claims: { exp: 1_000 } });

    await call(`${url}/open`);
    await call(`${url}/open`, { apiKey: inactive.key });
    await call(`${url}/open`, { apiKey: revoked.key });
    await call(`${url}/open`, { token: foreign });
    await call(`${url}/open`, { token: expired });
    await call(`${url}/open`, { headers: { authorization: `Bearer ${token} again` } });
    await call(`${url}/read`, { token });
    expect(ofGuard()).toEqual([
      'debug credentials_missing: no credential',
      'debug credentials_invalid: the key is inactive',
      'debug credentials_invalid: the key is revoked',
      'debug credentials_invalid: refused by the strategy',
      'debug token_expired: expired',
      'debug request_malformed: the Authorization header is malformed',
      'debug permission_denied: permission lacking',
    ]);

    const everything = JSON.stringify(logger.lines);
    for (const credential of [token, foreign, expired, inactive.key, revoked.key]) {
      for (const part of credential.split('.')) expect(everything).not.toContain(part.slice(-20));
    }
    expect(everything).not.toContain(SECRET);
  });

  it('is an error when it is an outage: what failed, by its code or name, and no text of it', async () => {
    const { app, url, logger, ofGuard } = await bootLogged();
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'u' });
    const CANARY = 'hunter2';
    const causes = [
      Object.assign(new Error(CANARY), { code: 'ECONNREFUSED' }),
      Object.assign(new TypeError(CANARY), { code: `${CANARY} in lower case` }),
      Object.assign(new Error(CANARY), { name: 'Pool\nError' }),
      CANARY,
    ];
    for (const cause of causes) {
      app.get(ApiKeyStore).findByHash = () => Promise.reject(cause as Error);
      expect(await statusOf(`${url}/open`, { apiKey: key })).toBe(503);
    }
    const outage = 'error auth_unavailable: the API key store does not answer';
    expect(ofGuard()).toEqual([
      `${outage} (ECONNREFUSED)`,
      `${outage} (TypeError)`,
      `${outage} (PoolError)`,
      outage,
    ]);
    expect(JSON.stringify(logger.lines)).not.toContain(CANARY);
    expect(JSON.stringify(logger.lines)).not.toContain(key);
  });

  it('is one line of an outage under load, and how many more there were', async () => {
    const { app, url, ofGuard } = await bootLogged();
    const { key } = await app.get(ApiKeyService).create({ name: 'k', userId: 'u' });
    app.get(ApiKeyStore).findByHash = () => Promise.reject(new Error('on fire'));
    const outage = 'error auth_unavailable: the API key store does not answer (Error)';
    for (let i = 0; i < 20; i += 1) expect(await statusOf(`${url}/open`, { apiKey: key })).toBe(503);
    expect(ofGuard()[0]).toBe(outage);
    await app.close();
    const [, ...counts] = ofGuard();
    const more = counts.map((line) => Number(/^, (\d+) more$/.exec(line.slice(outage.length))?.[1]));
    expect(more.reduce((sum, count) => sum + count, 0)).toBe(19);
    expect(more.length).toBeLessThan(10);
  });

  it('is nothing about whoever is let in', async () => {
    const { url, ofGuard } = await bootLogged();
    expect(await statusOf(`${url}/open`, { token: forgeToken() })).toBe(200);
    expect(ofGuard()).toEqual([]);
  });
});
