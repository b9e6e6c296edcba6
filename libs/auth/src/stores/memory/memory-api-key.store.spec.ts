import { describe, it } from '@jest/globals';

import { apiKeyStoreContract } from '../../testing/api-key-store.contract.js';
import { MemoryApiKeyStore } from './memory-api-key.store.js';

apiKeyStoreContract({ describe, it }, () => new MemoryApiKeyStore());
