const MIRROR = 'revocation/revocation-mirror.ts';
const MIRROR_SPEC = 'libs/auth/src/revocation/revocation-mirror.spec.ts';
const EFFECTIVE = 'identity/effective-grants.ts';
const EFFECTIVE_SPEC = 'libs/auth/src/identity/effective-grants.spec.ts';
const VERIFIER = 'tokens/access-token.verifier.ts';
const VERIFIER_SPEC = 'libs/auth/src/tokens/access-token.verifier.spec.ts';
const SESSIONS = 'sessions/session.service.ts';
const HOLDINGS_SPEC = 'test/sessions/holdings.spec.ts';

/** @type {readonly import('./all.mjs').Mutation[]} */
export const LIVE_PERMISSION_MUTATIONS = [
  {
    check: 'changed permissions: of a remembered token',
    file: MIRROR,
    search: " || this.#hasOtherPermissions(identity, since) ? 'changed'",
    replace: " ? 'changed'",
    spec: MIRROR_SPEC,
    test: 'has the subject of a jwt looked at that was issued until then',
  },
  {
    check: 'changed permissions: of a remembered key',
    file: MIRROR,
    search: ' ||\n        this.#hasOtherPermissions(identity, since);',
    replace: ';',
    spec: MIRROR_SPEC,
    test: 'has a key looked at whenever it was made',
  },
  {
    check: 'changed permissions: of every subject',
    file: MIRROR,
    search: ' ||\n      concerns(this.#permissions.get(EVERY_SUBJECT), identity, since)',
    replace: '',
    spec: MIRROR_SPEC,
    test: 'after a change of what every subject holds',
  },
  {
    check: 'changed permissions: what was issued until that moment',
    file: MIRROR,
    search: '<= change.at',
    replace: '< change.at',
    spec: MIRROR_SPEC,
    test: 'has the subject of a jwt looked at that was issued until then',
  },
  {
    check: 'changed permissions: the later of both changes',
    file: MIRROR,
    search: 'Math.max(own, all)',
    replace: 'own',
    spec: MIRROR_SPEC,
    test: 'tells until when what was issued may carry something else',
  },
  {
    check: 'changed permissions: of a token that is new here',
    file: VERIFIER,
    search: 'isFromBefore ? this.#lookAgain(checked, token) : ',
    replace: '',
    spec: VERIFIER_SPEC,
    test: 'carries what it was given and the subject holds now',
  },
  {
    check: 'changed permissions: a token without iat is from before',
    file: VERIFIER,
    search: '(issuedAtOf(checked) ?? 0) <= changedAt',
    replace: '(issuedAtOf(checked) ?? Infinity) <= changedAt',
    spec: VERIFIER_SPEC,
    test: 'is from before when it does not say when it was made',
  },
  {
    check: 'changed permissions: a service is no person',
    file: VERIFIER,
    search: "isService(claims) ? 'service' : 'user'",
    replace: "'user'",
    spec: VERIFIER_SPEC,
    test: 'is of a program where it says so',
  },
  {
    check: 'changed permissions: meanwhile, where a handler verifies',
    file: 'tokens/token.service.ts',
    search: "if (verdict === 'good') return identity;",
    replace: 'return identity;',
    spec: VERIFIER_SPEC,
    test: 'is looked at once more by the service when its subject changes meanwhile',
  },
  {
    check: 'effective: an active subject',
    file: EFFECTIVE,
    search: 'if (subject?.isActive !== true)',
    replace: 'if (subject == null)',
    spec: EFFECTIVE_SPEC,
    test: 'are none of a subject that is gone or not active',
  },
  {
    check: 'effective: no more than the credential carries',
    file: EFFECTIVE,
    search: 'commonGrants(carried.permissions, subject.permissions)',
    replace: 'subject.permissions',
    spec: EFFECTIVE_SPEC,
    test: 'are what the credential carries and the subject holds',
  },
  {
    check: 'effective: no more roles than the subject holds',
    file: EFFECTIVE,
    search: 'return some.filter((role) => others.includes(role));',
    replace: 'return some;',
    spec: EFFECTIVE_SPEC,
    test: 'are roles of both',
  },
  {
    check: 'effective: roles are text',
    file: EFFECTIVE,
    search: "Array.isArray(roles) && roles.every((role) => typeof role === 'string' && role !== '')",
    replace: 'true',
    spec: EFFECTIVE_SPEC,
    test: 'are unknown where the directory fails, or answers as it may not',
  },
  {
    check: 'roles of a token',
    file: 'tokens/access-token.claims.ts',
    search: "['permissions', 'roles']",
    replace: "['permissions']",
    spec: 'libs/auth/src/tokens/access-token.claims.spec.ts',
    test: 'roles are a list of text',
  },
  {
    check: 'a session begins with an active subject',
    file: SESSIONS,
    search: 'const held = await this.subjects.effective(session);\n    if (held === undefined) throw refused',
    replace:
      'const held = (await this.subjects.effective(session)) ?? { ...session, roles: [] };\n    if (held === undefined) throw refused',
    spec: HOLDINGS_SPEC,
    test: 'is no session of a subject that is',
  },
  {
    check: 'a session is not opened behind the end of all sessions',
    file: SESSIONS,
    search: '    await this.#endIfOutrun(session, since, origin);\n',
    replace: '',
    spec: HOLDINGS_SPEC,
    test: 'leaves nothing good of a session that is opened while all of the subject are ended',
  },
  {
    check: 'a token is as old as the look at its subject',
    file: SESSIONS,
    search: '        now.getTime(),\n',
    replace: '',
    spec: HOLDINGS_SPEC,
    test: 'counts as from before when it changes during',
  },
  {
    check: 'introspection of a session tells what counts now',
    file: 'sessions/issued-token.service.ts',
    search: 'this.#ofSession(session, held.permissions)',
    replace: 'this.#ofSession(session, session.permissions)',
    spec: HOLDINGS_SPEC,
    test: 'is told by introspection as it is now',
  },
];
