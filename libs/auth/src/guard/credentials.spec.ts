import { describe, expect, it } from '@jest/globals';

import type { AuthStrategy } from './auth-strategy.js';
import { readCredentials } from './credentials.js';
import { fieldValue, onlyOf } from './header-values.js';

const authenticate = (): void => undefined;
const JWT: AuthStrategy = { scheme: 'jwt', header: 'authorization', authenticate };
const API_KEY: AuthStrategy = { scheme: 'api-key', header: 'x-api-key', authenticate };

/** What is read of headers: credentials as `scheme value`, or the reason of the refusal. */
function read(headers: Record<string, unknown>, strategies = [JWT, API_KEY]): string[] | string {
  const value = (name: string): unknown => {
    const field = fieldValue(headers, name);
    return Array.isArray(field) ? onlyOf(field) : field;
  };
  try {
    return readCredentials({ transport: 'http', host: {}, path: undefined, value }, strategies).map(
      ({ scheme, value }) => `${scheme} ${value}`,
    );
  } catch (error) {
    expect(error).toMatchObject({ name: 'AuthError', code: 'request_malformed' });
    return (error as { reason: string }).reason;
  }
}

const MALFORMED = 'the Authorization header is malformed';

describe('readCredentials: Authorization', () => {
  it.each([
    ['Bearer abc.def.ghi', 'abc.def.ghi'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['BeArEr   abc', 'abc'],
    ['Bearer A-._~+/z09==', 'A-._~+/z09=='],
    [`Bearer ${'a'.repeat(10_000)}`, 'a'.repeat(10_000)],
  ])('reads %j', (authorization, token) => {
    expect(read({ authorization })).toEqual([`jwt ${token}`]);
  });

  it.each([
    ...['Basic YWRhOmxvdmU=', 'basic', 'DPoP abc.def.ghi', 'Digest username="ada", realm="x"', 'Negotiate'],
    ...['Bearerx abc', 'Bearer-Token abc', 'ApiKey ck_abc', 'a', 'Token   abc'],
  ])('takes %j for a credential of another scheme, and so for none', (authorization) => {
    expect(read({ authorization })).toEqual([]);
    expect(read({ authorization, 'x-api-key': 'ck_1' })).toEqual(['api-key ck_1']);
  });

  it.each([
    ...[
      '',
      ' ',
      'Bearer',
      'Bearer ',
      'bearer   ',
      ' Bearer abc',
      'Bearer abc ',
      'Bearer\tabc',
      'Bearer abc\t',
    ],
    ...[
      'Bearer a b',
      'Bearer abc,Bearer def',
      'Bearer abc, Bearer def',
      'Bearer abc,',
      'Bearer abc;',
      'Bearer "abc"',
    ],
    ...['Bearer =', 'Bearer a=b', 'Bearer abc\n', 'Bearer\nabc', 'Bearer abc\0', 'Bearer:abc', 'Bearer=abc'],
    ...[
      'Bearer\u00a0abc',
      'Bearer abc\u00a0',
      'Bearer \u200babc',
      'Bearer ábc',
      'Ｂearer abc',
      'Bеarer abc',
      '\ufeffBearer abc',
    ],
    ...[
      'Basic YWRh, Bearer abc',
      'Basic YWRh,bearer abc',
      'Basic YWRh,\t BEARER abc',
      'Digest a="b", Bearer abc',
    ],
    ...[
      'Basic\u00a0abc',
      'Basic abc\n',
      'Basic \u0001',
      'Basic ábc',
      '<script>',
      '{"a":1}',
      '"Bearer" abc',
      '123 abc',
    ],
  ])('refuses %j', (authorization) => {
    expect(read({ authorization })).toBe(MALFORMED);
    expect(read({ authorization, 'x-api-key': 'ck_1' })).toBe(MALFORMED);
  });
});

describe('readCredentials: X-API-Key', () => {
  it.each(['ck_1', 'a', '!"#$%&\'()*+-./:;<=>?@[\\]^_`{|}~', 'x'.repeat(10_000), 'Bearer'])(
    'reads %j',
    (key) => {
      expect(read({ 'x-api-key': key })).toEqual([`api-key ${key}`]);
    },
  );

  it.each([
    '',
    ' ',
    ' ck_1',
    'ck_1 ',
    'ck_1,ck_2',
    'ck_1, ck_2',
    ',',
    'ck 1',
    'ck_1\t',
    'ck_1\n',
    'ck_\0',
    'ck_\u00a01',
    'ｃk_1',
    'ck_é',
    'Bearer ck_1',
  ])('refuses %j', (key) => {
    expect(read({ 'x-api-key': key })).toBe('the API key header is malformed');
    expect(read({ authorization: 'Bearer abc', 'x-api-key': key })).toBe('the API key header is malformed');
  });
});

describe('readCredentials', () => {
  it('finds none, one or both, in the order of the strategies', () => {
    expect(read({ cookie: 'token=abc', 'x-user-id': 'ada' })).toEqual([]);
    const both = { 'x-api-key': 'ck_1', authorization: 'Bearer abc' };
    expect(read(both)).toEqual(['jwt abc', 'api-key ck_1']);
    expect(read(both, [API_KEY, JWT])).toEqual(['api-key ck_1', 'jwt abc']);
  });

  it('looks at no header that no strategy reads', () => {
    expect(read({ 'x-api-key': ' ', authorization: 'Bearer abc' }, [JWT])).toEqual(['jwt abc']);
    expect(read({ 'x-api-key': 'ck_1' }, [{ ...API_KEY, header: 'x-key' }])).toEqual([]);
    expect(read({ 'x-key': 'ck_1' }, [{ ...API_KEY, header: 'x-key' }])).toEqual(['api-key ck_1']);
  });

  it.each(['authorization', 'x-api-key'])('refuses %s that was sent twice, equal values too', (name) => {
    for (const values of [
      ['Bearer', 'Bearer'],
      ['Bearer abc', 'Basic abc'],
      ['ck_1', 'ck_1'],
    ]) {
      expect(read({ [name]: values })).toBe('a credential header was sent twice');
    }
  });

  it.each([5, null, undefined, true, {}, Buffer.from('Bearer abc')])(
    'refuses what is not text: %p',
    (value) => {
      for (const name of ['authorization', 'x-api-key']) {
        expect(read({ [name]: value })).toBe('a credential header is not text');
      }
    },
  );
});
