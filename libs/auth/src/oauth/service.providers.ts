import type { Provider, Type } from '@nestjs/common';

import { ClientAttempts } from './client-attempts.js';
import { ClientAuthentication } from './client-authentication.js';
import { ClientManagement } from './client.management.js';
import { ClientService } from './client.service.js';
import { MetadataService } from './metadata.service.js';
import { ServiceAddresses } from './service-addresses.js';
import { ServiceTokenService } from './service-token.service.js';

/** What services are made of. They need a `ClientStore`. */
export const SERVICE_PROVIDERS: readonly Provider[] = [
  ClientService,
  ClientManagement,
  ClientAttempts,
  ClientAuthentication,
  ServiceAddresses,
  ServiceTokenService,
  MetadataService,
];

/** What applications may inject of it. */
export const SERVICE_EXPORTS: readonly Type[] = [ClientService];
