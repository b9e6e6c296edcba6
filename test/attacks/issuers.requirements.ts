import type { Requirement } from './requirement.js';

const KEYS = 'libs/auth/src/oauth/remote-key-set.spec.ts';
const KEY = 'libs/auth/src/oauth/remote-key.spec.ts';
const OUTAGES = 'test/oauth/key-sets.spec.ts';
const TOKENS = 'test/oauth/issuers.spec.ts';
const PROVIDER = 'test/oauth/issuers.oidc-provider.spec.ts';

/** What is demanded of whoever takes tokens of others. */
export const OF_ISSUERS: Readonly<Record<string, Requirement>> = {
  F1: {
    says: 'an issuer is pinned, its metadata is its own, its keys are nobody else’s; a subject is (iss, sub)',
    shownBy: [
      [KEYS, 'are not looked for when the metadata has %s'],
      [TOKENS, 'when their issuer is written in another way'],
      [TOKENS, 'when another trusted issuer has signed them'],
      [TOKENS, 'belong to different people where their issuers differ'],
      [PROVIDER, 'refuses tokens for another resource, and those of another provider'],
    ],
  },
  F2: {
    says: 'key sets: 2 seconds, one fetch, a cache, cooldowns, an hour without their issuer, 1 MiB, no redirects, public keys',
    shownBy: [
      [KEYS, 'are fetched once, by 1,000 at once'],
      [KEYS, 'cost one fetch more for 300 that do not exist'],
      [KEYS, 'are asked for once in 30 seconds while their issuer hangs'],
      [KEYS, '%s: nothing is accepted, and what is known is good for an hour'],
      [KEY, 'leaves out a key that is %s, and keeps the others'],
      [KEY, 'holds a key without an algorithm to those that are allowed'],
      [OUTAGES, 'may answer whatever they like'],
    ],
  },
  F3: {
    says: 'a new key is accepted after one fetch, one that was withdrawn is refused after 10 minutes',
    shownBy: [
      [KEYS, 'change with one fetch: the new one and the old one are found, by everybody'],
      [KEYS, 'are refused 10 minutes after they were withdrawn'],
      [OUTAGES, 'is verified again when the keys are old'],
      [PROVIDER, 'goes on when the provider changes its key'],
    ],
  },
  F4: {
    says: 'an issuer that is down at boot: the application starts, its own tokens are good, the others get 503',
    shownBy: [[OUTAGES, 'down at boot']],
  },
  F5: {
    says: 'nothing that stands in a token is fetched',
    shownBy: [
      [TOKENS, 'when somebody else is their issuer, and nobody is asked'],
      [TOKENS, 'when they name their keys themselves, and nobody is asked'],
    ],
  },
};
