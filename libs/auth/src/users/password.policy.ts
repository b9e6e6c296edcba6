import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuthError } from '../errors.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import {
  commonWordsIn,
  essentialLength,
  loadCommonPasswords,
  type CommonPasswords,
} from './common-passwords.js';
import { isHashable, lengthOf, MAX_PASSWORD_LENGTH } from './password.schema.js';

/** Whose password it is to be. */
export interface PasswordOwner {
  /** Normalised. */
  readonly email: string;
  readonly name?: string;
}

/** Characters beside a known word that make a password of its own. `password-2026!` has fewer. */
const MIN_REST = 6;
/** Parts of names and addresses that are shorter say nothing. */
const MIN_PART = 3;

/**
 * What a new password has to be: long enough, and nothing that is tried first (NIST SP 800-63B section 3.1.1.2). There are
 * no rules about kinds of characters.
 */
@Injectable()
export class PasswordPolicy implements OnModuleInit {
  readonly #options: ResolvedAuthOptions['users'];
  #common: CommonPasswords | undefined;

  constructor({ users }: ResolvedAuthOptions) {
    this.#options = users;
  }

  /** @throws AuthOptionsError when `@zxcvbn-ts/language-common` cannot be loaded. */
  async onModuleInit(): Promise<void> {
    if (this.#options !== undefined) this.#common = await loadCommonPasswords();
  }

  /**
   * What is wrong with a password, to stand behind the name of its field: `is shorter than 15 characters`. It never quotes
   * the password.
   *
   * @returns undefined when it may be used.
   * @throws AuthError `auth_unavailable` before the module is initialised.
   */
  problemOf(password: string, owner: PasswordOwner): string | undefined {
    const { passwordMinLength, forbiddenWords } = this.#options ?? {
      passwordMinLength: 15,
      forbiddenWords: [],
    };
    const common = this.#common;
    if (common === undefined) throw new AuthError('auth_unavailable', 'the common passwords are not loaded');
    const length = lengthOf(password);
    if (length < passwordMinLength) return `is shorter than ${passwordMinLength} characters`;
    if (length > MAX_PASSWORD_LENGTH) return `is longer than ${MAX_PASSWORD_LENGTH} characters`;
    if (!isHashable(password)) return 'is not well-formed text';
    const text = folded(password);
    const rest = without([...forbiddenWords, ...wordsOf(owner)].map(folded), text);
    if (rest !== text && isGuessable(rest, common))
      return 'is built of your name, your address or a word that everybody here knows, with little added';
    if (isGuessable(text, common)) return 'is a common password, or one with little added';
    return undefined;
  }
}

/** Passwords are hashed as they are, but looked at in one form, in which `pass-word` is `Password`. */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s._-]+/g, '');
}

function isGuessable(text: string, common: CommonPasswords): boolean {
  if (essentialLength(text) < MIN_REST || common.has(text)) return true;
  return commonWordsIn(text, common).some((word) => essentialLength(without([word], text)) < MIN_REST);
}

function wordsOf({ email, name = '' }: PasswordOwner): string[] {
  const [local = '', domain = ''] = email.split('@');
  const parts = [
    local,
    ...local.split(/[^\p{L}\p{N}]+/u),
    ...domain.split('.').slice(0, -1),
    ...name.split(/[^\p{L}\p{N}]+/u),
  ];
  return parts.filter((part) => part.length >= MIN_PART);
}

/** The longest first: of `annabel`, `anna` would leave something. */
function without(words: readonly string[], text: string): string {
  return words
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, word) => rest.replaceAll(word, ''), text);
}
