import { fork } from 'node:child_process';
import { once } from 'node:events';

import { PATH } from './app.mjs';

const SERVER = new URL('./server.mjs', import.meta.url);

/** A variant that runs in a process of its own. */
export class VariantProcess {
  #child;

  /** @returns {Promise<VariantProcess>} of a server that listens and passed its checks. */
  static async start(variant, platform) {
    const child = fork(SERVER, [variant.file, variant.id, platform], {
      env: { ...process.env, NODE_ENV: 'production' },
    });
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`${variant.id} on ${platform} ended with ${code}`);
    });
    const [ready] = await Promise.race([once(child, 'message'), failed]);
    failed.catch(() => {});
    const started = new VariantProcess(variant, platform, child, ready);
    await started.#check();
    return started;
  }

  constructor(variant, platform, child, { port, credentials, tampered, doomed }) {
    this.#child = child;
    this.variant = variant;
    this.platform = platform;
    this.url = `http://127.0.0.1:${port}${PATH}`;
    this.credentials = credentials;
    this.tampered = tampered;
    this.doomed = doomed;
  }

  /** @returns {Promise<{ user: number, system: number, rss: number }>} microseconds of CPU so far, bytes. */
  usage() {
    return this.#ask('usage');
  }

  async stop() {
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }

  async #ask(question) {
    const answer = once(this.#child, 'message');
    this.#child.send(question);
    return (await answer)[0];
  }

  /** A benchmark of a gate that is open, or shut, would measure nothing. */
  async #check() {
    for (const headers of this.credentials) await this.#expect(200, headers, 'a valid credential');
    if (this.tampered === undefined) return;
    await this.#expect(401, {}, 'no credential');
    await this.#expect(401, this.tampered, 'a tampered credential');
    if (this.doomed === undefined) return;
    await this.#expect(200, this.doomed, 'a credential before it is revoked');
    await this.#ask('revoke');
    await this.#expect(401, this.doomed, 'a revoked credential');
  }

  async #expect(status, headers, what) {
    const response = await fetch(this.url, { headers });
    await response.arrayBuffer();
    if (response.status === status) return;
    throw new Error(`${this.variant.id} on ${this.platform}: ${what} is ${response.status}, not ${status}`);
  }
}
