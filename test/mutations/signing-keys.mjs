const RING = 'tokens/signing-key-ring.ts';
const STORED = 'tokens/stored-signing-keys.ts';
const SERVICE = 'tokens/signing-key.service.ts';
const RING_SPEC = 'test/keys/key-ring.spec.ts';
const OPTIONS_SPEC = 'libs/auth/src/options/key-ring.spec.ts';
const STORED_SPEC = 'libs/auth/src/tokens/stored-signing-keys.spec.ts';
const SERVICE_SPEC = 'libs/auth/src/tokens/signing-key.service.spec.ts';

/** @type {readonly import('./all.mjs').Mutation[]} */
export const SIGNING_KEY_MUTATIONS = [
  {
    check: 'a removed key: remembered tokens',
    file: 'revocation/revocation-mirror.ts',
    search: 'this.#keysChangedAt > since || ',
    replace: '',
    spec: 'test/keys/rotation.spec.ts',
    test: 'are added, activated and removed without a restart',
  },
  {
    check: 'a change of keys: they are read before it counts',
    file: 'revocation/revocation-feed.ts',
    search: 'await this.#preparations.get(kind)?.();',
    replace: 'void this.#preparations.get(kind)?.().catch(() => undefined);',
    spec: 'libs/auth/src/revocation/signing-key-entries.spec.ts',
    test: 'takes effect when what was prepared for it is done',
  },
  {
    check: 'a removed key of the options stays removed',
    file: STORED,
    search: "    if (record?.state === 'removed') continue;\n",
    replace: '',
    spec: STORED_SPEC,
    test: 'does not bring back what was removed',
  },
  {
    check: 'a sealed key opens for its record only',
    file: 'tokens/sealed-key.ts',
    search: "['gatehouse.signing-key', keyId, algorithm]",
    replace: "['gatehouse.signing-key']",
    spec: 'libs/auth/src/tokens/sealed-key.spec.ts',
    test: 'does not open with another key, under another name',
  },
  {
    check: 'a key that does not open stops the boot',
    file: STORED,
    search: 'problems.push(keyEncryptionKey === undefined ? MISSING : closed(keyId))',
    replace: 'closed(keyId)',
    spec: STORED_SPEC,
    test: 'is refused when keys of the store do not open',
  },
  {
    check: 'the key set holds no secret',
    file: RING,
    search: ".filter(({ verificationKey }) => verificationKey.type === 'public')",
    replace: '.filter(Boolean)',
    spec: RING_SPEC,
    test: 'publishes the public parts of its key pairs',
  },
  {
    check: 'a new key waits until all instances know it',
    file: SERVICE,
    search: 'if (age < maxStaleness * 1_000 && how.immediately !== true) {',
    replace: 'if (false) {',
    spec: SERVICE_SPEC,
    test: 'activates no key that other instances may not know',
  },
  {
    check: 'the active key is not removed',
    file: SERVICE,
    search:
      "    if (key.state === 'active') throw new Error('remove: the key is active. Activate another one before');\n",
    replace: '',
    spec: SERVICE_SPEC,
    test: 'neither retires nor removes the active key',
  },
  {
    check: 'a key id names one key',
    file: 'options/key-ring.ts',
    search: 'if (keys.findIndex((other) => other.keyId === keyId) === i) continue;',
    replace: 'continue;',
    spec: OPTIONS_SPEC,
    test: 'with two keys of one name, or two without a name',
  },
  {
    check: 'one key is active',
    file: 'options/key-ring.ts',
    search: 'if (keys.length > 0 && active !== 1) {',
    replace: 'if (false) {',
    spec: OPTIONS_SPEC,
    test: 'without an active key, and with two',
  },
];
