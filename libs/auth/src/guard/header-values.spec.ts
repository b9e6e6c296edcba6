import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { get, rawRequest } from '../../../../test/support/raw-http.js';
import { fieldValue, onlyOf, requestValue, SENT_TWICE } from './header-values.js';

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

describe('requestValue', () => {
  it.each<[string[], unknown]>([
    [[], undefined],
    [['X-Key: a'], 'a'],
    [['x-KEY:a'], 'a'],
    [['X-Key:'], ''],
    [['X-Key: a, b'], 'a, b'],
    [['X-Key: a', 'X-Key: a'], SENT_TWICE],
    [['X-Key: a', 'Accept: x', 'x-key: b'], SENT_TWICE],
    [['X-Keys: a', 'X-Key-2: b', 'A: X-Key', 'B: X-Key', 'C: x-key'], undefined],
    [['X-Key: a', 'Other: X-Key', 'Another: x-key'], 'a'],
  ])('reads %j', async (lines, value) => {
    expect(requestValue(await requestWith(...lines), 'x-key')).toBe(value);
  });

  it('finds the second Authorization header, which Node keeps for itself', async () => {
    const request = await requestWith('Authorization: Bearer a', 'AUTHORIZATION: Bearer b');
    expect(request.headers.authorization).toBe('Bearer a');
    expect(requestValue(request, 'authorization')).toBe(SENT_TWICE);
  });

  it("looks into the request that Fastify's wraps", async () => {
    const raw = await requestWith('X-Key: a', 'X-Key: b');
    expect(requestValue({ headers: raw.headers, raw }, 'x-key')).toBe(SENT_TWICE);
  });

  it('takes headers as they are where there are no raw ones', () => {
    expect(requestValue({ headers: { 'x-key': 'a' } }, 'x-key')).toBe('a');
    expect(requestValue({ headers: { 'x-key': ['a'] } }, 'x-key')).toBe('a');
    expect(requestValue({ headers: { 'x-key': ['a', 'b'] } }, 'x-key')).toBe(SENT_TWICE);
    expect(requestValue({ headers: {} }, 'x-key')).toBeUndefined();
  });

  it('finds nothing of a header that was taken away', async () => {
    const request = await requestWith('X-Key: a');
    delete request.headers['x-key'];
    expect(requestValue(request, 'x-key')).toBeUndefined();
  });
});

describe('fieldValue', () => {
  it('reads a field that is named like a header, in any case', () => {
    expect(fieldValue({ 'X-Key': 'a', other: 'x-key', X_KEY: 'b' }, 'x-key')).toBe('a');
    expect(fieldValue({ 'x-key': 5 }, 'x-key')).toBe(5);
    expect(fieldValue({ 'X-Key': 'a', 'x-key': 5 }, 'x-key')).toBe(SENT_TWICE);
    expect(fieldValue({ other: 'a' }, 'x-key')).toBeUndefined();
  });

  it('reads own fields alone', () => {
    expect(fieldValue(Object.create({ 'x-key': 'a' }) as Record<string, unknown>, 'x-key')).toBeUndefined();
    expect(fieldValue({}, '__proto__')).toBeUndefined();
    expect(fieldValue({}, 'constructor')).toBeUndefined();
  });

  it.each([undefined, null, 'x-key', 5, true])('reads nothing of %j', (fields) => {
    expect(fieldValue(fields as never, 'x-key')).toBeUndefined();
  });
});

describe('onlyOf', () => {
  it('tells what is there and undefined from what is not there', () => {
    expect([onlyOf([]), onlyOf([undefined]), onlyOf(['']), onlyOf(['a', 'a'])]).toEqual([
      ...[undefined, null, '', SENT_TWICE],
    ]);
  });
});
