const LOG = 'audit/audit-log.ts';
const QUEUE = 'audit/audit-queue.ts';
const CONTROLLER = 'audit/audit.controller.ts';
const LOG_SPEC = 'libs/auth/src/audit/audit-log.spec.ts';
const HTTP = 'test/audit/audit.spec.ts';

/** @type {readonly import('./all.mjs').Mutation[]} */
export const AUDIT_MUTATIONS = [
  {
    check: 'audit log: an organisation sees its own',
    file: CONTROLLER,
    search: '{ ...query, orgId }',
    replace: 'query',
    spec: HTTP,
    test: 'shows a caller of an organisation what its members did, and nothing else',
  },
  {
    check: 'audit log: its permission',
    file: CONTROLLER,
    search: "@RequirePermissions('audit:read')\n",
    replace: '',
    spec: HTTP,
    test: 'with all that users need is 403',
  },
  {
    check: 'audit log: no API key',
    file: CONTROLLER,
    search: "@AuthSchemes('jwt')\n",
    replace: '',
    spec: HTTP,
    test: 'is for nobody without a credential, and for no API key',
  },
  {
    check: 'audit log: nothing is written on the way of a request',
    file: LOG,
    search: 'this.#queue.addFact(make(event));',
    replace: '{ this.#queue.addFact(make(event)); void this.write(); }',
    spec: LOG_SPEC,
    test: 'does not reach the store while an event is told',
  },
  {
    check: 'audit log: an outage loses nothing',
    file: LOG,
    search: '        this.#isAway = true;\n',
    replace: '        this.#isAway = true;\n        this.#queue.written(batch);\n',
    spec: LOG_SPEC,
    test: 'keeps what the store does not take, and writes it once the store is back: all of it, once',
  },
  {
    check: 'audit log: written once',
    file: LOG,
    search: '      this.#queue.written(batch);\n      this.#returned();\n',
    replace:
      '      this.#returned();\n      if (batch.length < BATCH) return;\n      this.#queue.written(batch);\n',
    spec: LOG_SPEC,
    test: 'keeps what the store does not take, and writes it once the store is back: all of it, once',
  },
  {
    check: 'audit log: refusals go first when memory is full',
    file: QUEUE,
    search: 'this.#refusals.size > 0 ? this.#refusals : this.#facts',
    replace: 'this.#facts.size > 0 ? this.#facts : this.#refusals',
    spec: LOG_SPEC,
    test: 'drops the oldest refusals first when memory is full, then the oldest, and enters how many',
  },
  {
    check: 'audit log: memory is bounded',
    file: QUEUE,
    search: 'if (this.size <= this.limit) return;',
    replace: 'if (this.size >= 0) return;',
    spec: LOG_SPEC,
    test: 'drops the oldest refusals first when memory is full, then the oldest, and enters how many',
  },
  {
    check: 'audit log: what was dropped is an entry',
    file: LOG,
    search: "    this.events.emit({ type: 'audit.dropped', dropped });\n",
    replace: '',
    spec: LOG_SPEC,
    test: 'drops the oldest refusals first when memory is full, then the oldest, and enters how many',
  },
  {
    check: 'audit log: a flood is one entry',
    file: 'audit/refusals.ts',
    search: '    else counted.count += 1;\n',
    replace: '    else this.#alike.set(key + this.#alike.size, { entry: make(), count: 1 });\n',
    spec: 'libs/auth/src/audit/refusals.spec.ts',
    test: 'are one entry when they are alike, with their count',
  },
  {
    check: 'audit log: a flood from many sources is one entry',
    file: 'audit/refusals.ts',
    search: 'this.#alike.size >= MAX_ENTRIES',
    replace: 'false',
    spec: 'libs/auth/src/audit/refusals.spec.ts',
    test: 'from very many sources are counted and named no more',
  },
  {
    check: 'audit log: no zero bytes',
    file: 'audit/audit-entry.ts',
    search: ".replaceAll('\\0', '\\uFFFD')",
    replace: '',
    spec: 'libs/auth/src/audit/audit-entry.spec.ts',
    test: 'has no zero bytes, which databases refuse, and no endless text',
  },
  {
    check: 'audit log: retention',
    file: LOG,
    search: 'this.clock.now() - audit.retention * 1_000',
    replace: 'this.clock.now()',
    spec: LOG_SPEC,
    test: 'removes what is older than the retention, and goes on when it cannot',
  },
  {
    check: 'audit log: written at the end',
    file: LOG,
    search: "await storeAnswer('the audit store', this.#writeEverything()).catch(() => undefined);",
    replace: '',
    spec: LOG_SPEC,
    test: 'writes what waits when the application ends, and hears nothing after',
  },
];
