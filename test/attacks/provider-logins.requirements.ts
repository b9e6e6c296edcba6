import type { Requirement } from './requirement.js';

const ATTACKS = 'test/oauth/login.attacks.spec.ts';
const LOGIN = 'test/oauth/login.spec.ts';
const ID_TOKENS = 'test/oauth/login.id-tokens.spec.ts';
const LINKING = 'test/oauth/login.linking.spec.ts';
const WHO = 'test/oauth/login.subjects.spec.ts';
const BROWSER = 'test/oauth/login.browser.spec.ts';

/** What is demanded of logins with a provider. */
export const OF_PROVIDER_LOGINS: Readonly<Record<string, Requirement>> = {
  F6: {
    says: 'PKCE, state and nonce for each login, bound to browser and provider, once, for ten minutes; iss is checked',
    shownBy: [
      [
        LOGIN,
        'sends the browser to the provider with PKCE, state and nonce, and keeps nothing that would do',
      ],
      [ATTACKS, 'a callback whose state is %s'],
      [ATTACKS, 'a callback counts once'],
      [ATTACKS, 'a callback of another provider'],
      [ATTACKS, 'a callback in a browser without the cookie'],
      [ATTACKS, 'a callback in a browser that has begun another login'],
      [ATTACKS, 'a callback after ten minutes'],
      [ATTACKS, 'a callback with %s ends without a session'],
      [ATTACKS, 'somebody else’s code'],
    ],
  },
  F7: {
    says: 'an ID token: signature, iss, aud, azp, exp, nonce, at_hash; neither none nor HS',
    shownBy: [[ID_TOKENS, 'are refused %s']],
  },
  F8: {
    says: 'linked by an address that both sides have verified, or while logged in; else somebody else',
    shownBy: [
      [WHO, 'is the user who has verified the same address'],
      [WHO, 'is not the user of the same address when %s'],
      [WHO, 'is a user whose address is not verified where the provider is not trusted'],
      [WHO, 'is that user no more once somebody has verified the address'],
      [LINKING, 'lets a user in who has linked while logged in'],
      [LINKING, "takes nobody else's account"],
      [LINKING, 'ends with the session that has begun it'],
    ],
  },
  F9: {
    says: 'logins end at addresses of a list, exactly',
    shownBy: [
      [ATTACKS, 'where it is to end'],
      [ATTACKS, 'is not %s'],
      [LOGIN, 'ends a session nowhere else, and with nobody else'],
    ],
  },
  F10: {
    says: 'errors, denials, outages, repetitions and missing cookies: no session, no redirect elsewhere, nothing repeated',
    shownBy: [
      [ATTACKS, 'whoever says no at the provider'],
      [ATTACKS, 'errors of the provider are told in our own words'],
      [ATTACKS, 'a provider that is away gets 503'],
      [BROWSER, 'ends without a session when the person says no, and in a browser that has not begun it'],
    ],
  },
};
