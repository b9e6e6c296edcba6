import { beforeAll, describe, expect, it } from '@jest/globals';

import { commonWordsIn, loadCommonPasswords, type CommonPasswords } from './common-passwords.js';

describe('common passwords', () => {
  let common: CommonPasswords;
  beforeAll(async () => {
    common = await loadCommonPasswords();
  });

  it('are many times the 3,000 that are the least, in lower case', () => {
    expect(common.size).toBeGreaterThan(40_000);
    for (const word of ['123456', 'password', 'qwerty', 'iloveyou', 'letmein', 'dragon'])
      expect([word, common.has(word)]).toEqual([word, true]);
    expect([...common].filter((word) => word !== word.toLowerCase())).toEqual([]);
  });

  it('are found wherever they stand in a text, each once', () => {
    const list = new Set(['dragon', 'drag', 'abc', 'word']);
    expect(commonWordsIn('my-dragon-dragon', list)).toEqual(['drag', 'dragon']);
    // Of three characters there is one in every other word.
    expect(commonWordsIn('abcdefg', list)).toEqual([]);
    expect(commonWordsIn('dra', list)).toEqual([]);
  });
});
