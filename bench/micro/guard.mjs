import { hash } from 'node:crypto';

import { AuthGuard } from 'nestjs-gatehouse';

import { withApiKeys, withTokens } from '../variants/gatehouse.mjs';
import { contextOf, startGatehouse } from './contexts.mjs';
import { time } from './time.mjs';

/** The whole guard on a credential that it remembers: from the execution context to the identity on the request. */
export async function measure() {
  const app = await startGatehouse();
  const guard = app.get(AuthGuard);
  const rows = [
    ...(await measureWith(guard, 'JWT', 'authorization', withTokens(app))),
    ...(await measureWith(guard, 'API key', 'x-api-key', await withApiKeys(app))),
  ];
  await app.close();
  return rows;
}

async function measureWith(guard, name, header, { credentials }) {
  const contexts = credentials.map(contextOf);
  for (const context of contexts) await guard.canActivate(context);
  if (guard.canActivate(contexts[0]) !== true)
    throw new Error('a remembered credential was not let in at once');
  const values = credentials.map((headers) => headers[header].replace('Bearer ', ''));
  const at = (i) => i % contexts.length;
  return [
    await time(`SHA-256 of the ${name} alone`, (i) => hash('sha256', values[at(i)], 'binary')),
    await time(`the whole guard, remembered ${name}`, (i) => guard.canActivate(contexts[at(i)])),
  ];
}
