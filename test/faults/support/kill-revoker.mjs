import { Worker } from './kill-worker.mjs';

/** Ends one victim after the other. Each has a request that ends it, and requests that are refused from then on. */
export class Revoker extends Worker {
  constructor(application, victims) {
    super();
    Object.assign(this, { application, victims, done: [] });
  }

  async step() {
    const victim = this.victims.shift();
    if (victim === undefined) return false;
    const answer = await this.hit(this.application, ...victim.revoke);
    if (answer === undefined) {
      this.unknown = victim;
      return false;
    }
    this.done.push(victim);
    return true;
  }

  async check(application) {
    for (const { kind, reads } of this.done)
      for (const one of reads) await this.expect(application, `a revoked ${kind}`, 401, ...one);
    for (const { kind, reads } of this.victims)
      for (const one of reads) await this.expect(application, `a ${kind} that was not revoked`, 200, ...one);
    if (this.unknown !== undefined) {
      const { kind, reads } = this.unknown;
      const statuses = [];
      for (const one of reads)
        statuses.push(
          (await this.expect(application, `a ${kind} that was being revoked`, [200, 401], ...one)).status,
        );
      if (new Set(statuses).size > 1) this.problems.push(`a ${kind} is half revoked: ${statuses.join(' ')}`);
    }
    return this.problems;
  }
}
