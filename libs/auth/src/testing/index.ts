export { ManualClock } from './manual-clock.js';
export { apiKeyStoreContract, type TestRunner } from './api-key-store.contract.js';
export { guardAs } from './guard-as.js';
