// Applications as processes of their own, and requests to them.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';

const APPLICATION = new URL('./application.mjs', import.meta.url);
export const SECRETS = {
  AUTH_JWT_SECRET_KEY: randomBytes(48).toString('base64url'),
  KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
};

/**
 * Starts a process that has loaded everything and waits for `boot()`.
 *
 * @param env beside the secrets, which all of a script's processes share.
 */
export function startApplication(onEnd, env, execArgv = []) {
  const child = fork(APPLICATION, { env: { PATH: process.env.PATH, ...SECRETS, ...env }, execArgv });
  const answers = new Map();
  let calls = 0;
  const ended = once(child, 'exit');
  child.on('message', ({ id, value, error, unhandled }) => {
    if (unhandled !== undefined) return void application.unhandled.push(unhandled);
    answers.get(id)?.(error === undefined ? { value } : { error });
    answers.delete(id);
  });
  void ended.then(() => {
    for (const answer of answers.values()) answer({ error: 'the process has ended' });
    answers.clear();
  });
  const application = {
    child,
    ended,
    agent: new Agent({ keepAlive: true, maxSockets: 64 }),
    url: undefined,
    isKilled: false,
    /** Rejections and exceptions that nobody has caught. */
    unhandled: [],
    /** Calls one of the application's commands. */
    async call(command, ...args) {
      const id = (calls += 1);
      const answer = new Promise((resolve) => answers.set(id, resolve));
      child.send({ id, command, args }, () => undefined);
      const { value, error } = await answer;
      if (error !== undefined) throw new Error(`${command}: ${error}`);
      return value;
    },
    async boot() {
      application.url = await application.call('boot');
      return application;
    },
    async kill(signal = 'SIGKILL') {
      application.isKilled = true;
      application.agent.destroy();
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
  onEnd(() => application.kill());
  return application;
}

/**
 * One request.
 *
 * @param application its `url` and `agent`.
 * @returns status, body (JSON where there is some) and milliseconds; status 0 when there was no whole answer.
 */
export function send({ url, agent }, method, path, { headers = {}, body, timeout = 10_000 } = {}) {
  return new Promise((resolve) => {
    const start = performance.now();
    const end = (status, text = '', answerHeaders = {}) =>
      resolve({ status, body: parsed(text), headers: answerHeaders, ms: performance.now() - start });
    const text = body === undefined ? undefined : JSON.stringify(body);
    const call = request(url + path, {
      method,
      agent,
      timeout,
      headers: {
        ...headers,
        ...(text !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        }),
      },
    });
    call.on('error', () => end(0)).on('timeout', () => call.destroy(new Error('timeout')));
    call.on('response', (answer) => {
      let read = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => (read += chunk));
      answer.on('error', () => end(0)).on('aborted', () => end(0));
      answer.on('end', () => end(answer.complete ? answer.statusCode : 0, read, answer.headers));
    });
    call.end(text);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });
export const apiKey = (key) => ({ headers: { 'x-api-key': key } });
