import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { AuthOptionsError } from 'nestjs-gatehouse';

import { AuthStrategies } from '../../libs/auth/src/guard/auth-strategy.js';
import { JwtStrategy } from '../../libs/auth/src/tokens/jwt.strategy.js';
import { boot, closeAll } from '../support/platforms.js';

jest.unstable_mockModule('jose', () => {
  throw new Error("Cannot find package 'jose'");
});

describe('an application without jose', () => {
  afterAll(closeAll);

  it('boots when it trusts no other issuer, with nothing between the gate and its own tokens', async () => {
    const { app } = await boot('express', {});
    expect(app.get(AuthStrategies).all[0]).toBeInstanceOf(JwtStrategy);
  });

  it('does not boot when it does, and is told the remedy', async () => {
    const trustedIssuers = [{ issuer: 'https://login.example.com', audience: 'api' }];
    const refusal: unknown = await boot('express', { auth: { trustedIssuers } }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(AuthOptionsError);
    expect((refusal as AuthOptionsError).problems).toEqual([
      'trustedIssuers needs jose, which cannot be loaded. Remedy: npm install jose.',
    ]);
  });
});
