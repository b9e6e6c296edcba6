// Work on roles that an application is killed in the middle of.
import { edit } from './kill-requests.mjs';
import { Worker } from './kill-worker.mjs';
import { send } from './processes.mjs';

/**
 * Switches a permission of somebody off and on. What the store says and what a token from before may do has to be the
 * same afterwards.
 */
class Switcher extends Worker {
  isOn = true;
  isUnknown = false;

  /** The request that switches it. */
  switch() {
    throw new Error('not said');
  }

  /** Is it on, by what the store says? */
  async look() {
    throw new Error('not said');
  }

  async step() {
    if ((await this.hit(this.application, ...this.switch(!this.isOn))) === undefined) {
      this.isUnknown = true;
      return false;
    }
    this.isOn = !this.isOn;
    return true;
  }

  async check(application) {
    const isOn = await this.look(application);
    if (!this.isUnknown && isOn !== this.isOn)
      this.problems.push(`is ${isOn ? 'on' : 'off'}, and was switched`);
    const expectEdit = (says, may) =>
      this.expect(application, says, may ? 200 : 403, ...edit(this.credential));
    await expectEdit('a token from before', isOn);
    await this.expect(application, 'another switch', [200, 204], ...this.switch(!isOn));
    await expectEdit('a token from before, after another switch', !isOn);
    return this.problems;
  }
}

/** Gives somebody a role and takes it. */
export class RoleGiver extends Switcher {
  constructor(application, { manager, userId, role, credential }) {
    super();
    Object.assign(this, { application, manager, userId, role, credential });
  }

  switch(isOn) {
    return [isOn ? 'PUT' : 'DELETE', `/auth/users/${this.userId}/roles/${this.role}`, this.manager];
  }

  async look(application) {
    const path = `/auth/users/${this.userId}/permissions`;
    const { body } = await this.expect(application, 'what they hold', 200, 'GET', path, this.manager);
    return body?.roles.includes(this.role);
  }
}

/** Changes what a role grants that somebody has. */
export class RoleChanger extends Switcher {
  constructor(application, { manager, role, credential }) {
    super();
    Object.assign(this, { application, manager, role, credential });
  }

  switch(isOn) {
    const body = { permissions: isOn ? ['note:update'] : [] };
    return ['PATCH', `/auth/roles/${this.role}`, { ...this.manager, body }];
  }

  async look(application) {
    const path = `/auth/roles/${this.role}`;
    const { body } = await this.expect(application, 'the role', 200, 'GET', path, this.manager);
    return body?.permissions.length === 1;
  }
}

/** Takes the role of administrators from both that there are, at once, and gives it back to the one who lost it. */
export class Deposer extends Worker {
  constructor(application, manager, pair) {
    super();
    Object.assign(this, { application, manager, pair });
  }

  role(method, userId) {
    return [method, `/auth/users/${userId}/roles/administrator`, this.manager];
  }

  async step() {
    this.isInFlight = true;
    const answers = await Promise.all(
      this.pair.map((userId) => send(this.application, ...this.role('DELETE', userId))),
    );
    const statuses = answers.map(({ status }) => status);
    if (statuses.includes(0) && this.application.isKilled) return false;
    this.isInFlight = false;
    if (statuses.includes(503)) {
      this.unavailable += 1;
      return false;
    }
    if (statuses.toSorted().join() !== '204,409') {
      this.problems.push(`both were asked to go: ${statuses.join(', ')}`);
      return false;
    }
    this.acknowledged += 1;
    const lost = this.pair[statuses.indexOf(204)];
    return (await this.hit(this.application, ...this.role('PUT', lost))) !== undefined;
  }

  async check(application) {
    let left = 0;
    for (const userId of this.pair) {
      const path = `/auth/users/${userId}/permissions`;
      const { body } = await this.expect(application, 'what they hold', 200, 'GET', path, this.manager);
      if (body?.roles.includes('administrator')) left += 1;
      await this.expect(application, 'the role again', 204, ...this.role('PUT', userId));
    }
    if (left === 0) this.problems.push('no administrator is left');
    return this.problems;
  }
}
