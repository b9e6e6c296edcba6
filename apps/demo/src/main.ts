import { Logger, ShutdownSignal } from '@nestjs/common';

import { createApp } from './create-app.js';
import { readEnvironment, StartError } from './environment.js';
import { listen } from './listen.js';
import { tryIt } from './try-it.js';

try {
  const environment = readEnvironment();
  const app = await createApp(environment.adapter);
  app.enableShutdownHooks([ShutdownSignal.SIGINT, ShutdownSignal.SIGTERM], { useProcessExit: true });
  const url = await listen(app, environment);

  const logger = new Logger('Demo');
  logger.log(`Listening on ${url} with ${environment.adapter}`);
  if (environment.hasRandomSecret) {
    logger.warn('AUTH_JWT_SECRET_KEY is not set: made a random secret, so tokens end with this process');
  }
  if (!environment.isProduction) console.log(['', ...(await tryIt(app, url)), ''].join('\n'));
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}
