export { ManualClock } from './manual-clock.js';
export { apiKeyStoreContract } from './api-key-store.contract.js';
export { refreshTokenStoreContract } from './refresh-token-store.contract.js';
export { revocationStoreContract } from './revocation-store.contract.js';
export { signingKeyStoreContract } from './signing-key-store.contract.js';
export type { TestRunner } from './store-contract.js';
export { guardAs } from './guard-as.js';
