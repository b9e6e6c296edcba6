import { connect } from 'node:net';

import { describe, it } from '@jest/globals';

/** A server that some suites need and that a machine may not have. */
export interface TestServer {
  readonly name: string;
  readonly url: string;
}

/** `NATS_URL`, or the usual port on loopback. */
export const NATS = server('NATS', 'NATS_URL', 'nats://127.0.0.1:4222');

/**
 * A suite that runs if its server answers, and is reported as skipped if it does not. With `CI=true` a server that
 * does not answer is a failure, so that no suite is skipped unseen. To be awaited at the top level of a spec.
 *
 * @param suite called with the server's URL.
 */
export async function describeIfServer(
  { name, url }: TestServer,
  title: string,
  suite: (url: string) => void,
): Promise<void> {
  if (await answers(url)) {
    describe(title, () => suite(url));
  } else if (process.env.CI === 'true') {
    describe(title, () => {
      it(`finds ${name} at ${new URL(url).host}`, () => {
        throw new Error(`${name} does not answer at ${new URL(url).host}, and CI=true allows no skipping`);
      });
    });
  } else {
    describe.skip(`${title} (${name} does not answer at ${new URL(url).host})`, () => suite(url));
  }
}

function server(name: string, variable: string, fallback: string): TestServer {
  const url = process.env[variable];
  return { name, url: url === undefined || url === '' ? fallback : url };
}

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const end = (isUp: boolean): void => {
      socket.destroy();
      resolve(isUp);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
