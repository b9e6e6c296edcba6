import { Logger } from '@nestjs/common';

import { createApp } from './create-app.js';
import { readEnvironment } from './environment.js';
import { tryIt } from './try-it.js';

const environment = readEnvironment(process.env);
const app = await createApp(environment.adapter);
await app.listen(environment.port, '0.0.0.0');

const { port } = (
  app.getHttpServer() as import('node:http').Server
).address() as import('node:net').AddressInfo;
const url = `http://127.0.0.1:${port}`;
new Logger('Demo').log(`Listening on ${url} with ${environment.adapter}`);
if (environment.hasRandomSecret) {
  new Logger('Demo').warn(
    'AUTH_JWT_SECRET_KEY is not set: made a random secret, so tokens end with this process',
  );
}
if (!environment.isProduction) console.log(['', ...(await tryIt(app, url)), ''].join('\n'));
