import { hash, randomBytes } from 'node:crypto';

import { Injectable, UnauthorizedException } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';

import { startApp } from '../harness/app.mjs';
import { CREDENTIALS, person, tamper } from '../harness/tokens.mjs';

const owners = new Map();

class ApiKeyStrategy extends PassportStrategy(HeaderAPIKeyStrategy, 'headerapikey') {
  constructor() {
    super({ header: 'X-API-Key', prefix: '' }, false);
  }

  async validate(key) {
    const owner = owners.get(hash('sha256', key, 'hex'));
    if (owner === undefined) throw new UnauthorizedException();
    return owner;
  }
}
Injectable()(ApiKeyStrategy);

export const variants = [
  {
    id: 'passport-headerapikey',
    title: 'passport-headerapikey with a map of SHA-256',
    group: 'peers',
    start: async (platform) => {
      const keys = Array.from(
        { length: CREDENTIALS + 1 },
        () => `ck_${randomBytes(32).toString('base64url')}`,
      );
      keys.forEach((key, i) => owners.set(hash('sha256', key, 'hex'), person(i)));
      const doomed = keys.pop();
      const headers = (key) => ({ 'x-api-key': key });
      return {
        app: await startApp(platform, { providers: [ApiKeyStrategy], guard: AuthGuard('headerapikey') }),
        credentials: keys.map(headers),
        tampered: headers(tamper(keys[0])),
        doomed: headers(doomed),
        revoke: () => owners.delete(hash('sha256', doomed, 'hex')),
      };
    },
  },
];
