import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { get, rawRequest } from '../../../../test/support/raw-http.js';
import { fieldValues, requestValues } from './header-values.js';

/** Node's own request for these header lines. */
async function requestWith(...headers: string[]): Promise<IncomingMessage> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await rawRequest(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, get('/', ...headers));
  } finally {
    server.close();
  }
  return requests[0]!;
}

describe('requestValues', () => {
  it.each([
    [[], []],
    [['X-Key: a'], ['a']],
    [['x-KEY:a'], ['a']],
    [['X-Key:'], ['']],
    [['X-Key: a, b'], ['a, b']],
    [
      ['X-Key: a', 'X-Key: a'],
      ['a', 'a'],
    ],
    [
      ['X-Key: a', 'Accept: x', 'x-key: b'],
      ['a', 'b'],
    ],
    [['X-Keys: a', 'X-Key-2: b', 'A: X-Key', 'B: X-Key', 'C: x-key'], []],
    [['X-Key: a', 'Other: X-Key', 'Another: x-key'], ['a']],
  ])('reads %j as %j', async (lines, values) => {
    expect(requestValues(await requestWith(...lines), 'x-key')).toEqual(values);
  });

  it('finds the second Authorization header, which Node keeps for itself', async () => {
    const request = await requestWith('Authorization: Bearer a', 'AUTHORIZATION: Bearer b');
    expect(request.headers.authorization).toBe('Bearer a');
    expect(requestValues(request, 'authorization')).toEqual(['Bearer a', 'Bearer b']);
  });

  it("looks into the request that Fastify's wraps", async () => {
    const raw = await requestWith('X-Key: a', 'X-Key: b');
    expect(requestValues({ headers: raw.headers, raw }, 'x-key')).toEqual(['a', 'b']);
  });

  it('takes headers as they are where there are no raw ones', () => {
    expect(requestValues({ headers: { 'x-key': 'a' } }, 'x-key')).toEqual(['a']);
    expect(requestValues({ headers: { 'x-key': ['a', 'b'] } }, 'x-key')).toEqual(['a', 'b']);
    expect(requestValues({ headers: {} }, 'x-key')).toEqual([]);
  });

  it('finds nothing of a header that was taken away', async () => {
    const request = await requestWith('X-Key: a');
    delete request.headers['x-key'];
    expect(requestValues(request, 'x-key')).toEqual([]);
  });
});

describe('fieldValues', () => {
  it('reads fields that are named like headers, in any case', () => {
    const fields = { 'X-Key': 'a', 'x-key': 5, other: 'x-key', X_KEY: 'b' };
    expect(fieldValues(fields, 'x-key')).toEqual(['a', 5]);
    expect(fieldValues({ other: 'a' }, 'x-key')).toEqual([]);
  });

  it('reads own fields alone', () => {
    expect(fieldValues(Object.create({ 'x-key': 'a' }) as Record<string, unknown>, 'x-key')).toEqual([]);
    expect(fieldValues({}, '__proto__')).toEqual([]);
    expect(fieldValues({}, 'constructor')).toEqual([]);
  });

  it.each([undefined, null, 'x-key', 5, true])('reads nothing of %j', (fields) => {
    expect(fieldValues(fields as never, 'x-key')).toEqual([]);
  });
});
