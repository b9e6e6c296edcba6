const FEED = 'revocation/revocation-feed.ts';
const MIRROR = 'revocation/revocation-mirror.ts';
const FEED_SPEC = 'libs/auth/src/revocation/revocation-feed.spec.ts';
const STALENESS_SPEC = 'libs/auth/src/revocation/revocation-feed.staleness.spec.ts';
const MIRROR_SPEC = 'libs/auth/src/revocation/revocation-mirror.spec.ts';

/** @type {readonly import('./all.mjs').Mutation[]} */
export const REVOCATION_MUTATIONS = [
  {
    check: 'revoked: by jti',
    file: MIRROR,
    search: 'this.#token.has(identity.credentialId)',
    replace: 'false',
    spec: MIRROR_SPEC,
    test: 'hits the tokens of a jwt by jti and by session',
  },
  {
    check: 'revoked: by session',
    file: MIRROR,
    search: 'this.#session.has(identity.sessionId)',
    replace: 'false',
    spec: MIRROR_SPEC,
    test: 'hits the tokens of a jwt by jti and by session',
  },
  {
    check: 'revoked: what a subject got until that moment',
    file: MIRROR,
    search: '<= subject.at',
    replace: '< subject.at',
    spec: MIRROR_SPEC,
    test: 'hits of a subject what was issued until then',
  },
  {
    check: 'a key whose record changed is read again',
    file: MIRROR,
    search: '(key?.position ?? 0) > since ||\n        ',
    replace: '',
    spec: MIRROR_SPEC,
    test: 'has an API key read again that was read before an entry on its api-key',
  },
  {
    check: 'a key whose owner changed is read again',
    file: MIRROR,
    search: '(subject?.position ?? 0) > since ||\n        ',
    replace: '',
    spec: MIRROR_SPEC,
    test: 'has an API key read again that was read before an entry on its subject',
  },
  {
    check: 'only what can hit nothing is forgotten',
    file: MIRROR,
    search: 'expiresAt <= now',
    replace: 'expiresAt <= now + 2',
    spec: MIRROR_SPEC,
    test: 'drops what can hit nothing any more, and stays where it is',
  },
  {
    check: 'the log is read to its end',
    file: FEED,
    search: 'while ((await this.#readPage()) === PAGE);',
    replace: 'await this.#readPage();',
    spec: FEED_SPEC,
    test: 'reads the log to its end before the application is there',
  },
  {
    check: 'a reading that began too early is no answer',
    file: FEED,
    search: '    this.#readAgain = true;\n',
    replace: '',
    spec: FEED_SPEC,
    test: 'reads once more for whom a reading that is under way began too early',
  },
  {
    check: 'a stale feed lets nobody in',
    file: FEED,
    search: "if (this.#isStale && this.options.onStale === 'refuse') throw stale();",
    replace: '',
    spec: STALENESS_SPEC,
    test: 'answers by what it knows for as long as it may, then refuses',
  },
  {
    check: 'a reading is as old as its beginning',
    file: FEED,
    search: 'const left = startedAt + this.options.maxStaleness',
    replace: 'const left = performance.now() + this.options.maxStaleness',
    spec: STALENESS_SPEC,
    test: 'is as old as the beginning of its last reading',
  },
];
