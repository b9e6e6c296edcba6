import { describe, expect, it } from '@jest/globals';

import { PathExceptions } from './path-exceptions.js';

const paths = new PathExceptions(['/health', '/health/live', '/docs/*', '/a+b']);

describe('PathExceptions', () => {
  it.each(['/health', '/health/live', '/docs/index.html', '/docs/a/b', '/docs/a.b', '/docs/health', '/a+b'])(
    '%j is one',
    (path) => {
      expect([paths.matches(path), paths.matches(path, true)]).toEqual([true, true]);
    },
  );

  it.each([
    ...[
      '',
      '/',
      '/healthx',
      '/healt',
      '/HEALTH',
      '/Health',
      'health',
      '*',
      '/health/',
      '/health//',
      '//health',
    ],
    ...[
      '/health/dead',
      '/x/health',
      '/health/live/',
      '/health/../admin',
      '/admin/../health',
      '/./health',
      '/health/.',
    ],
    ...[
      '/docs',
      '/docs/',
      '/docsx',
      '/docs/../admin',
      '/docs/.',
      '/docs/..',
      '/docs//',
      '/docs/a//b',
      '/Docs/a',
    ],
    ...['/health;a', '/health;/live', '/docs/a;b', '/docs\\a', '/docs/a\\b', '\\docs/a', '/docs/a\\..\\b'],
    ...[
      '/health%00',
      '/docs/%00',
      '/docs/a%00',
      '/docs/%2f',
      '/docs/a%2Fb',
      '/docs/%2e%2e',
      '/docs/%2e%2e/admin',
    ],
    ...[
      '/docs/..%2fadmin',
      '/docs/%5c..',
      '/docs/%252e',
      '/docs/%25',
      '/docs/%',
      '/docs/%zz',
      '/docs/%c0%af',
      '/docs/%ff',
    ],
    ...[
      '/health%20',
      '/docs/a%20b',
      '/docs/a b',
      '/docs/a\tb',
      '/docs/a\n',
      '/docs/%0d%0a',
      '/docs/%7f',
      '/docs/%3b',
    ],
    ...[
      '/health%2f',
      '/health%2Flive',
      '/%2fhealth',
      '/docs%2fa',
      'http://x/health',
      '//docs/a',
      '/health?',
      '/*',
      '/docs/*/../x',
    ],
  ])('%j is none', (path) => {
    expect([paths.matches(path), paths.matches(path, true)]).toEqual([false, false]);
  });

  it.each(['/%68ealth', '/health/%6Cive', '/d%6fcs/a', '/%64%6F%63%73/a/b'])(
    '%j is one where the router decodes it too, and there alone',
    (path) => {
      expect([paths.matches(path), paths.matches(path, true)]).toEqual([false, true]);
    },
  );

  it('an encoded letter below a subtree changes nothing', () => {
    expect([paths.matches('/docs/%61'), paths.matches('/docs/%c3%a9', true)]).toEqual([true, true]);
  });

  it('there are none unless they are named', () => {
    const none = new PathExceptions([]);
    for (const path of ['/', '/health', '', '/*']) expect(none.matches(path, true)).toBe(false);
  });
});
