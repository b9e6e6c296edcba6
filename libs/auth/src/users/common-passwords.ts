import { AuthOptionsError } from '../options/options-error.js';

/** Shorter ones are in every other word. */
const MIN_WORD = 4;
/** The longest of the list. */
const MAX_WORD = 20;

/** 49,000 passwords that are tried first, in lower case. */
export type CommonPasswords = ReadonlySet<string>;

/** @throws AuthOptionsError when `@zxcvbn-ts/language-common` cannot be loaded. */
export async function loadCommonPasswords(): Promise<CommonPasswords> {
  const { dictionary } = await import('@zxcvbn-ts/language-common').catch(() => {
    throw new AuthOptionsError([
      'users needs @zxcvbn-ts/language-common, which cannot be loaded. Remedy: npm install @zxcvbn-ts/language-common.',
    ]);
  });
  return new Set(dictionary['passwords-common'].map((word) => word.toLowerCase()));
}

/** Every common password of four characters or more that stands in a text, each once. */
export function commonWordsIn(text: string, common: CommonPasswords): string[] {
  const found = new Set<string>();
  for (let start = 0; start <= text.length - MIN_WORD; start += 1) {
    for (let length = MIN_WORD; length <= MAX_WORD && start + length <= text.length; length += 1) {
      const word = text.slice(start, start + length);
      if (common.has(word)) found.add(word);
    }
  }
  return [...found];
}

/**
 * How many characters of a text are to be guessed: a repetition counts as what is repeated, a run (`1234`, `dcba`, `aaaa`)
 * as one character.
 */
export function essentialLength(text: string): number {
  const unit = text.slice(0, periodOf(text));
  let length = 0;
  let step: number | undefined;
  let previous: number | undefined;
  for (const character of unit) {
    const code = character.codePointAt(0)!;
    const by = previous === undefined ? undefined : code - previous;
    const continues = by !== undefined && Math.abs(by) <= 1 && (step ?? by) === by;
    if (!continues) length += 1;
    step = continues ? by : undefined;
    previous = code;
  }
  return length;
}

/** The length of what a text repeats, the last time perhaps in part; the text's own length when it repeats nothing. */
function periodOf(text: string): number {
  // The failure function of Knuth, Morris and Pratt: the longest end of each beginning that is also its beginning.
  const borders = [0];
  for (let index = 1, border = 0; index < text.length; index += 1) {
    while (border > 0 && text[index] !== text[border]) border = borders[border - 1]!;
    if (text[index] === text[border]) border += 1;
    borders.push(border);
  }
  const period = text.length - (borders.at(-1) ?? 0);
  return period * 2 <= text.length ? period : text.length;
}
