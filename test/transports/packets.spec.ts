import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { bearer } from './credentials.js';
import { pattern } from './orders.controller.js';
import {
  ask,
  bootService,
  closeClients,
  closeServices,
  codeOf,
  portOf,
  TCP,
  tcpClient,
  type BootedService,
} from './rpc.support.js';

const REFUSED = /^(credentials_missing|credentials_invalid|request_malformed)$/;

describe('TCP packets', () => {
  let booted: BootedService;
  beforeAll(async () => {
    booted = await bootService(TCP);
  });
  afterEach(closeClients);
  afterAll(closeServices);

  it.each<[string, (good: string) => object]>([
    ['metadata is null', () => ({ metadata: null })],
    ['metadata is text', (good) => ({ metadata: good })],
    ['metadata is a number', () => ({ metadata: 1 })],
    ['metadata is a list', (good) => ({ metadata: ['authorization', good] })],
    ['the credential is null', () => ({ metadata: { authorization: null } })],
    ['the credential is a number', () => ({ metadata: { 'x-api-key': 42 } })],
    ['the credential is an object', (good) => ({ metadata: { authorization: { toString: good } } })],
    ['the credential is in a list of lists', (good) => ({ metadata: { authorization: [[good], [good]] } })],
    ['the credential is one level down', (good) => ({ metadata: { headers: { authorization: good } } })],
    ['metadata has the names of methods', (good) => ({ metadata: { getMap: good, get: good } })],
    ['metadata has names of methods of headers', (good) => ({ metadata: { keys: good, values: good } })],
    ['metadata is 200 KB', (good) => ({ metadata: { authorization: good + 'x'.repeat(200_000) } })],
    [
      'the credential is beside the metadata',
      (good) => ({ authorization: good, headers: { authorization: good } }),
    ],
    ['an identity comes along', () => ({ user: { userId: 'eve' }, metadata: { user: { userId: 'eve' } } })],
  ])('are refused, and the service lives on, when %s', async (_, fields) => {
    const good = bearer(booted);
    const port = portOf(booted.app);
    expect(await codeOf(tcpClient(port, fields(good)), pattern('whoami'))).toMatch(REFUSED);
    const client = tcpClient(port, { metadata: { authorization: good } });
    expect(await ask(client, pattern('whoami'))).toEqual(['ada', 'ada']);
  });
});
