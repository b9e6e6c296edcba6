import { Worker } from './kill-worker.mjs';
import { bearer } from './processes.mjs';

const MOST = 20;

/** Adds, activates and removes signing keys. One at a time: others would activate theirs. */
export class SigningKeyChanger extends Worker {
  removed = [];
  tokens = [];
  active = [];

  constructor(application, name) {
    super();
    Object.assign(this, { application, name });
  }

  /** A command that the kill may hit. */
  async ask(command, ...args) {
    this.isInFlight = true;
    try {
      const value = await this.application.call(command, ...args);
      this.acknowledged += 1;
      return { value };
    } catch (error) {
      if (this.application.isKilled) return undefined;
      // It may have happened, as when there is no answer.
      if (/unavailable/.test(error.message)) this.unavailable += 1;
      else this.problems.push(error.message);
      return undefined;
    } finally {
      if (!this.application.isKilled) this.isInFlight = false;
    }
  }

  async step() {
    if (this.active.length >= MOST) return false;
    const next = await this.ask('addSigningKey');
    if (next === undefined) return false;
    this.activating = next.value;
    if ((await this.ask('activateSigningKey', next.value)) === undefined) return false;
    this.active.push(next.value);
    this.activating = undefined;
    const token = await this.application.call('createToken', { userId: this.name }).catch(() => undefined);
    if (token !== undefined) this.tokens.push(token);
    const spare = await this.ask('addSigningKey');
    if (spare === undefined) return false;
    if ((await this.ask('removeSigningKey', spare.value)) === undefined) return false;
    this.removed.push(spare.value);
    return true;
  }

  async check(application) {
    const token = await application.call('createToken', { userId: this.name });
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
    const expected = [this.active.at(-1), this.activating].filter((keyId) => keyId !== undefined);
    if (this.active.length > 0 && !expected.includes(kid))
      this.problems.push(`signed with ${kid}, not with ${expected.join(' or ')}`);
    for (const one of [token, ...this.tokens.slice(-5)])
      await this.expect(
        application,
        'a token of a key that was not removed',
        200,
        'GET',
        '/notes',
        bearer(one),
      );
    for (const keyId of this.removed.slice(-3)) {
      const isBack = await application.call('activateSigningKey', keyId).then(
        () => true,
        () => false,
      );
      if (isBack) this.problems.push('a removed key is back');
    }
    for (const keyId of this.active.filter((one) => one !== kid))
      await application.call('removeSigningKey', keyId);
    return this.problems;
  }
}
