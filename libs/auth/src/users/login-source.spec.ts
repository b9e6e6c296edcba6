import { describe, expect, it } from '@jest/globals';

import { sourceOf } from './login-source.js';

describe('a source', () => {
  it.each([
    [
      '192.0.2.7',
      [
        '192.0.2.7',
        '::ffff:192.0.2.7',
        '::FFFF:192.0.2.7',
        '::ffff:c000:207',
        '0:0:0:0:0:ffff:c000:0207',
        '192.0.2.7:4711',
        '[::ffff:192.0.2.7]:80',
      ],
    ],
    [
      '2001:db8:0:1::/64',
      [
        '2001:db8:0:1::',
        '2001:DB8:0:1::5',
        '2001:0db8:0000:0001:ffff:ffff:ffff:ffff',
        '2001:db8:0:1:2::',
        '[2001:db8:0:1::5]:443',
        '2001:db8::1:0:0:0:7',
      ],
    ],
    ['2001:db8:0:2::/64', ['2001:db8:0:2::5']],
    ['0:0:0:0::/64', ['::1', '0:0:0:0:0:0:0:1', '::192.0.2.7']],
    ['fe80:0:0:0::/64', ['fe80::1', 'fe80::1%eth0', 'fe80::2%en1']],
  ])('%s', (source, variants) => {
    expect(variants.map(sourceOf)).toEqual(variants.map(() => source));
  });

  it('is another one for another address', () => {
    expect(sourceOf('192.0.2.7')).not.toBe(sourceOf('192.0.2.8'));
    expect(sourceOf('::ffff:192.0.2.7')).not.toBe(sourceOf('::ffff:192.0.2.8'));
    expect(sourceOf('::ffff:0:192.0.2.7')).not.toBe(sourceOf('192.0.2.7'));
  });

  it.each(['unknown', '', '999.1.2.3', ':::', '2001:db8::1::2', '[x]', '%'])(
    'is what it is, for what is no address: %j',
    (text) => {
      expect(typeof sourceOf(text)).toBe('string');
    },
  );
});
