import { describe, expect, it } from '@jest/globals';

import { parseJsonObject } from './json-object.js';

const parse = (text: string): unknown => parseJsonObject(Buffer.from(text));

describe('parseJsonObject', () => {
  it.each([
    '{}',
    ' \t\r\n{ } \n',
    '{"a":1,"b":{"a":2,"c":[{"a":3},{"a":4}]}}',
    '{"a":":","b:c":"\\":","d":"\\\\"}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"":1," ":2,"  ":3}',
    '{"a":null,"A":true,"á":-1.5e3}',
    '{"\\u0061b":1,"a\\u0062c":2}',
    '{"a":"\\ud800","\\udfff":"😀"}',
    '{"1":1,"01":2,"1.0":3}',
    '{"a":[[],[[]],{},[{}]]}',
    '{"constructor":1,"toString":2,"hasOwnProperty":3}',
    `{"a":"${'x:"'.replaceAll('"', '\\"').repeat(1_000)}"}`,
  ])('reads %s as JSON.parse does', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each(['', ' ', 'null', 'true', '5', '"text"', '[]', '[{}]', '[{"a":1}]', 'undefined', 'NaN'])(
    'takes %j for no object',
    (text) => {
      expect(parse(text)).toBeUndefined();
    },
  );

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"a":2}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1,"\\u0061":2}',
    '{"\\u0061":1,"\\u0061":2}',
    '{"é":1,"\\u00e9":2}',
    '{"a\\/b":1,"a/b":2}',
    '{"a":{"b":1,"b":2}}',
    '{"a":{"b":1},"a":2}',
    '{"a":2,"a":{"b":1}}',
    '{"a":[{"b":1},{"c":{"d":1,"d":1}}]}',
    '{"a":[[[{"b":1,"b":1}]]]}',
    '{"":1,"":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"__proto__":{"a":1,"a":2}}',
    '{"a":":","a":"::"}',
    '{"a:b":1,"a:b":2}',
    '{"a\\"":1,"a\\"":2}',
    '{"1":1,"1":2}',
    '{"a":null,"a":null}',
  ])('refuses a name that comes twice: %s', (text) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(parse(text)).toBeUndefined();
  });

  it('takes __proto__ for a name like any other', () => {
    const value = parseJsonObject(Buffer.from('{"__proto__":{"admin":true},"a":{"__proto__":null}}'))!;
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value.admin).toBeUndefined();
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  it.each([
    '{"a":1}x',
    '{"a":1}{}',
    '{"a":1},',
    '{"a":1}\0',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":0x1}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":undefined}',
    '{"a":"\n"}',
    '{"a":"\\x61"}',
    '{"a":"\\u006"}',
    '{"a":1} // text',
    '/**/{"a":1}',
    '\u00a0{"a":1}',
    '{"a" 1}',
    '{"a":}',
    '{"a":1',
    '{"a',
    '{',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('refuses a byte order mark, and other encodings', () => {
    const text = '{"a":1}';
    expect(parse(`\ufeff${text}`)).toBeUndefined();
    expect(parse(`${text}\ufeff`)).toBeUndefined();
    expect(parseJsonObject(Buffer.from(text, 'utf16le'))).toBeUndefined();
    expect(parseJsonObject(Buffer.from(`\ufeff${text}`, 'utf16le'))).toBeUndefined();
    expect(parseJsonObject(Buffer.from('{"a":"é"}', 'latin1'))).toBeUndefined();
  });

  it.each<[string, number[]]>([
    ['a continuation alone', [0x80]],
    ['a sequence cut off', [0xc3]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong NUL', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['0xFF', [0xff]],
  ])('refuses invalid UTF-8: %s', (_name, bytes) => {
    for (const [before, after] of [
      ['{"a":"', '"}'],
      ['{"', '":1}'],
    ] as const) {
      const text = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
      expect(parseJsonObject(text)).toBeUndefined();
    }
  });

  it.each<[string, (levels: number) => string]>([
    ['objects', (levels) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)],
    ['arrays', (levels) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`],
  ])('reads 4,000 levels of %s', (_name, nested) => {
    expect(parse(nested(4_000))).toBeDefined();
  });

  it('finds a name that comes twice under 4,000 levels', () => {
    const text = '{"a":'.repeat(4_000) + '{"b":1,"b":2}' + '}'.repeat(4_000);
    expect(parse(text)).toBeUndefined();
  });

  it('reads as many members as fit into a token', () => {
    const members = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`m${i}`, i]));
    expect(parse(JSON.stringify(members))).toEqual(members);
  });
});
