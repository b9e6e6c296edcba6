import { apiKey } from '@better-auth/api-key';
import { UnauthorizedException } from '@nestjs/common';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';

import { startApp } from '../harness/app.mjs';
import { CREDENTIALS, SECRET, person, tamper } from '../harness/tokens.mjs';

function makeAuth() {
  const database = { user: [], session: [], account: [], verification: [], apikey: [] };
  return betterAuth({
    secret: SECRET,
    baseURL: 'http://127.0.0.1',
    database: memoryAdapter(database),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    logger: { disabled: true },
    // Its limit of ten requests a day would refuse the benchmark.
    plugins: [apiKey({ rateLimit: { enabled: false } })],
  });
}

function guardWith(auth) {
  return {
    async canActivate(context) {
      const request = context.switchToHttp().getRequest();
      const key = request.headers['x-api-key'];
      const { valid, key: record } = key ? await auth.api.verifyApiKey({ body: { key } }) : { valid: false };
      if (!valid) throw new UnauthorizedException();
      request.user = { userId: record.referenceId, permissions: record.permissions };
      return true;
    },
  };
}

export const variants = [
  {
    id: 'better-auth',
    title: 'Better Auth, API key (memory adapter)',
    group: 'peers',
    start: async (platform) => {
      const auth = makeAuth();
      const { user } = await auth.api.signUpEmail({ body: { ...person(0), password: SECRET.slice(0, 32) } });
      const keys = [];
      for (let i = 0; i <= CREDENTIALS; i++) {
        keys.push(await auth.api.createApiKey({ body: { userId: user.id, name: `key ${i}` } }));
      }
      const doomed = keys.pop();
      const headers = ({ key }) => ({ 'x-api-key': key });
      return {
        app: await startApp(platform, { guard: guardWith(auth) }),
        credentials: keys.map(headers),
        tampered: headers({ key: tamper(keys[0].key) }),
        doomed: headers(doomed),
        revoke: () => auth.api.updateApiKey({ body: { keyId: doomed.id, userId: user.id, enabled: false } }),
      };
    },
  },
];
