import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { emailSchema, normaliseEmail } from './email.js';

const PLAIN = 'ada@example.com';

describe('one form of an address', () => {
  it.each([
    ['as it is', 'ada@example.com'],
    ['other cases', 'Ada@EXAMPLE.Com'],
    ['a full-width at-sign', 'ada＠example.com'],
    ['full-width letters', 'ａｄａ@ｅｘａｍｐｌｅ．ｃｏｍ'],
    ['mathematical letters', '𝐚𝐝𝐚@example.com'],
    ['a small at-sign', 'ada﹫example.com'],
    ['letters in circles', 'ⓐⓓⓐ@example.com'],
    ['a one-dot leader', 'ada@example․com'],
  ])('%s', (_what, text) => {
    expect(normaliseEmail(text)).toBe(PLAIN);
  });

  it('case goes after compatibility: the Kelvin sign is a k, the long s an s', () => {
    expect(normaliseEmail('\u212aeſ@example.com')).toBe('kes@example.com');
  });

  it('what is normalised stays as it is', () => {
    for (const text of ["o'brien+tag@a-b.example.com", 'a.b.c@xn--mnchen-3ya.de', 'x@1.example'])
      expect(normaliseEmail(text)).toBe(text);
  });
});

describe('no address', () => {
  it.each([
    ['nothing', ''],
    ['no at-sign', 'ada'],
    ['two at-signs', 'ada@home@example.com'],
    ['two at-signs, one of them full-width', 'ada＠home@example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'ada@'],
    ['a domain of one label', 'ada@localhost'],
    ['a trailing dot', 'ada@example.com.'],
    ['a full-width trailing dot', 'ada@example.com。'],
    ['a leading dot', '.ada@example.com'],
    ['a dot before the at-sign', 'ada.@example.com'],
    ['two dots', 'a..da@example.com'],
    ['an ellipsis', 'a…da@example.com'],
    ['a space behind', 'ada@example.com '],
    ['a space in front', ' ada@example.com'],
    ['a no-break space', 'ada\u00a0@example.com'],
    ['a line break', 'ada@example.com\r\nBcc: all@example.com'],
    ['a line break at the end', 'ada@example.com\n'],
    ['a zero byte', 'ada\0@example.com'],
    ['a zero-width joiner', 'ada\u200d@example.com'],
    ['a direction mark', 'ada@example\u202e.com'],
    ['a soft hyphen', 'a\u00adda@example.com'],
    ['a Cyrillic a', '\u0430da@example.com'],
    ['a Cyrillic e in the domain', 'ada@\u0435xample.com'],
    ['a Greek omicron in the domain', 'ada@example.c\u03bfm'],
    ['a dotless i', 'ad\u0131@example.com'],
    ['an i with a dot, which is two characters in lower case', 'ad\u0130@example.com'],
    ['a combining accent', 'ada\u0301@example.com'],
    ['a domain that is not ASCII', 'ada@münchen.de'],
    ['a hyphen at the start of a label', 'ada@-example.com'],
    ['an underscore in the domain', 'ada@exa_mple.com'],
    ['an address literal', 'ada@[192.0.2.1]'],
    ['a quoted local part', '"a da"@example.com'],
    ['a display name', 'Ada <ada@example.com>'],
    ['a comment', 'ada(home)@example.com'],
    ['two addresses', 'ada@example.com,bob@example.com'],
    ['a local part of 65 characters', `${'a'.repeat(65)}@example.com`],
    ['a label of 64 characters', `ada@${'a'.repeat(64)}.com`],
    ['half a surrogate pair', 'ada\ud800@example.com'],
  ])('%s', (_what, text) => {
    expect(normaliseEmail(text)).toBeUndefined();
  });

  it('254 characters are the most', () => {
    const ofLength = (length: number): string => {
      const domain = `${'b.'.repeat(150)}example.com`;
      return `ada@${domain.slice(-(length - 4)).replace(/^\./, 'b')}`;
    };
    expect(ofLength(254)).toHaveLength(254);
    expect(normaliseEmail(ofLength(254))).toBe(ofLength(254));
    expect(normaliseEmail(ofLength(255))).toBeUndefined();
    // Three characters each, once they are normalised.
    const wide = (labels: number): string => `ada@${`${'㎭'.repeat(20)}.`.repeat(labels)}com`;
    expect(normaliseEmail(wide(4))).toBe(`ada@${`${'rad'.repeat(20)}.`.repeat(4)}com`);
    expect(normaliseEmail(wide(5))).toBeUndefined();
    expect(normaliseEmail(`${'a.'.repeat(5_000_000)}`)).toBeUndefined();
  });
});

describe('in a body', () => {
  const Body = z.strictObject({ email: emailSchema });

  it('is given in its one form', () => {
    expect(Body.parse({ email: 'ADA＠example.com' })).toEqual({ email: PLAIN });
  });

  it.each([
    ['is not text', 5],
    ['is not text', undefined],
    ['is no e-mail address', 'ada'],
  ])('%s', (message, email) => {
    const issues = Body.safeParse({ email }).error?.issues;
    expect(issues).toEqual([expect.objectContaining({ path: ['email'], message })]);
  });
});
