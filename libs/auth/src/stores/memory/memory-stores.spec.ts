import { describe, it } from '@jest/globals';

import { apiKeyStoreContract } from '../../testing/api-key-store.contract.js';
import { auditStoreContract } from '../../testing/audit-store.contract.js';
import { clientStoreContract } from '../../testing/client-store.contract.js';
import { linkedAccountStoreContract } from '../../testing/linked-account-store.contract.js';
import { loginStateStoreContract } from '../../testing/login-state-store.contract.js';
import { oneTimeTokenStoreContract } from '../../testing/one-time-token-store.contract.js';
import { refreshTokenStoreContract } from '../../testing/refresh-token-store.contract.js';
import { revocationStoreContract } from '../../testing/revocation-store.contract.js';
import { roleStoreContract } from '../../testing/role-store.contract.js';
import { signingKeyStoreContract } from '../../testing/signing-key-store.contract.js';
import { userStoreContract } from '../../testing/user-store.contract.js';
import { memoryStores } from '../auth-stores.js';

apiKeyStoreContract({ describe, it }, memoryStores);
refreshTokenStoreContract({ describe, it }, memoryStores);
revocationStoreContract({ describe, it }, memoryStores);
signingKeyStoreContract({ describe, it }, memoryStores);
userStoreContract({ describe, it }, memoryStores);
roleStoreContract({ describe, it }, memoryStores);
oneTimeTokenStoreContract({ describe, it }, memoryStores);
auditStoreContract({ describe, it }, memoryStores);
clientStoreContract({ describe, it }, memoryStores);
loginStateStoreContract({ describe, it }, memoryStores);
linkedAccountStoreContract({ describe, it }, memoryStores);
