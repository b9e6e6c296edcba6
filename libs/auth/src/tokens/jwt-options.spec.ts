import { describe, expect, it } from '@jest/globals';

import { forgeToken } from '../../../../test/support/forge.js';
import { makeUnits } from '../../../../test/support/units.js';

describe('the JwtService that applications get', () => {
  it('signs tokens that the gate accepts', async () => {
    for (const jwt of [
      {},
      { keyId: 'k1', algorithm: 'HS512' as const },
      { issuer: 'https://a.example', audience: 'api' },
      { audience: ['one', 'two'] },
      { audience: false as const },
    ]) {
      const { jwtService, tokens, clock } = makeUnits({ jwt });
      // It goes by the machine's clock, which moves on.
      clock.advance(60);
      const token = jwtService.sign({ sub: 'ada', permissions: ['session:read'] });
      const identity = await tokens.verifyAccessToken(token);
      expect(identity).toMatchObject({ userId: 'ada', permissions: ['session:read'] });
    }
  });

  it('verifies tokens that the service made, and those that it made itself', () => {
    const { jwtService, tokens } = makeUnits({ jwt: { audience: ['one', 'two'] } });
    for (const token of [tokens.createAccessToken({ userId: 'ada' }), jwtService.sign({ sub: 'ada' })]) {
      expect(jwtService.verify<{ sub: string }>(token).sub).toBe('ada');
    }
  });

  it.each([
    ['another issuer', forgeToken({ claims: { iss: 'other' } })],
    ['another audience', forgeToken({ claims: { aud: 'other' } })],
    ['no audience', forgeToken({ claims: { aud: undefined } })],
    ['another algorithm', forgeToken({ header: { alg: 'HS384' }, hash: 'sha384' })],
    ['another secret', forgeToken({ secret: 'other' })],
    ['no time left', forgeToken({ claims: { exp: 1 } })],
  ])('refuses %s', (_name, token) => {
    const { jwtService } = makeUnits();
    expect(jwtService.verify<{ sub: string }>(forgeToken()).sub).toBe('ada');
    expect(() => jwtService.verify(token)).toThrow();
  });

  it('allows the leeway of the options', () => {
    const token = forgeToken({ claims: { exp: Math.floor(Date.now() / 1_000) - 5 } });
    expect(() => makeUnits().jwtService.verify(token)).toThrow();
    expect(makeUnits({ jwt: { clockTolerance: 60 } }).jwtService.verify(token)).toHaveProperty('sub', 'ada');
  });
});
