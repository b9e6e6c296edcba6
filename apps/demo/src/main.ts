import { Logger } from '@nestjs/common';

import { createApp } from './create-app.js';
import { DemoMailer } from './demo.mailer.js';
import { readEnvironment, StartError } from './environment.js';
import { listen } from './listen.js';
import { openStores } from './stores.js';
import { tryIt } from './try-it.js';

try {
  const environment = readEnvironment();
  const opened = await openStores(environment);
  const mailer = new DemoMailer(environment.isProduction ? undefined : (line) => console.log(line));
  const app = await createApp(environment.adapter, { stores: opened.stores, mailer });
  const end = async (): Promise<void> => {
    await app.close();
    await opened.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
  const url = await listen(app, environment);

  const logger = new Logger('Demo');
  logger.log(`Listening on ${url} with ${environment.adapter}`);
  logger.log(`People, sessions and API keys are kept in ${opened.place}`);
  if (environment.hasRandomSecret) {
    logger.warn('AUTH_JWT_SECRET_KEY is not set: made a random secret, so tokens end with this process');
  }
  if (!environment.isProduction) console.log(['', ...(await tryIt(app, url)), ''].join('\n'));
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}
