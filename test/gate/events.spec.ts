import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { AuthEvents, RequirePermissions, TokenService, type AuthEvent } from 'nestjs-gatehouse';

import { call } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';

@Controller()
class DoorController {
  @Get('read')
  @RequirePermissions('session:read')
  read(): string {
    return 'in';
  }
}

describe.each(PLATFORMS)('events of the gate on %s', (platform) => {
  const seen: AuthEvent[] = [];
  let booted: Booted;
  beforeAll(async () => {
    booted = await boot(platform, { controllers: [DoorController] });
    booted.app.get(AuthEvents).subscribe((event) => seen.push(event));
  });
  afterAll(closeAll);
  beforeEach(() => void (seen.length = 0));

  it('tells of a refused credential: why, where and from where', async () => {
    const token = forgeToken({ claims: { exp: 1_000 } });
    await call(`${booted.url}/read`, { token, headers: { 'x-request-id': 'req-7' } });
    expect(seen).toEqual([
      {
        type: 'credential.refused',
        code: 'token_expired',
        reason: 'expired',
        target: 'DoorController.read',
        requestId: 'req-7',
        ip: '127.0.0.1',
        actor: undefined,
        time: expect.any(Date) as unknown as Date,
      },
    ]);
    expect(JSON.stringify(seen)).not.toContain(token.split('.')[2]);
  });

  it('tells of a lacking permission, with who lacks it', async () => {
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada', orgId: 'org_1' });
    await call(`${booted.url}/read`, { token });
    expect(seen).toMatchObject([
      {
        type: 'permission.denied',
        permissions: ['session:read'],
        target: 'DoorController.read',
        actor: { userId: 'ada', orgId: 'org_1', provider: 'jwt' },
      },
    ]);
  });

  it('tells of a refusal inside a handler, too', async () => {
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada' });
    await call(`${booted.url}/auth/api-keys?all=true`, { token });
    expect(seen).toMatchObject([
      { type: 'permission.denied', permissions: ['apikey:read'], actor: { userId: 'ada' } },
    ]);
  });

  it.each(['a\r\nb', 'x'.repeat(129), 'ü', ''])(
    'takes no request id that could forge a line: %j',
    async (id) => {
      await fetch(`${booted.url}/read`, {
        headers: { authorization: 'Bearer x', 'x-request-id': encodeURIComponent(id).slice(0, 200) },
      });
      expect(seen[0]).not.toHaveProperty('requestId');
    },
  );

  it('says nothing of callers that come without a credential, or get in', async () => {
    const permissions = ['session:read' as const];
    const token = booted.app.get(TokenService).createAccessToken({ userId: 'ada', permissions });
    await call(`${booted.url}/read`);
    await call(`${booted.url}/read`, { token });
    expect(seen).toEqual([]);
  });
});
