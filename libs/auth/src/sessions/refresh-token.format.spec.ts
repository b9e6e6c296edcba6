import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import {
  generateRefreshToken,
  hashRefreshToken,
  isRefreshToken,
  openSuccessor,
  sealSuccessor,
} from './refresh-token.format.js';

describe('a refresh token', () => {
  it('is made once, with 256 bits of chance in it', () => {
    const tokens = Array.from({ length: 1_000 }, generateRefreshToken);
    expect(new Set(tokens).size).toBe(1_000);
    const bits = tokens.map((token) => Buffer.from(token.slice('rt_'.length), 'base64url'));
    expect(new Set(bits.map(({ length }) => length))).toEqual(new Set([32]));
    // No bit of it is always the same.
    for (let i = 0; i < 32; i += 1) {
      expect(bits.reduce((all, bytes) => all & bytes[i]!, 0xff)).toBe(0);
      expect(bits.reduce((any, bytes) => any | bytes[i]!, 0)).toBe(0xff);
    }
  });

  it('is known by its form, and nothing near it', () => {
    const token = generateRefreshToken();
    expect(isRefreshToken(token)).toBe(true);
    for (const other of [
      '',
      token.slice(0, -1),
      `${token}A`,
      `${token}\n`,
      token.slice(3),
      `ck_${token.slice(3)}`,
    ])
      expect(isRefreshToken(other)).toBe(false);
  });

  it('is stored as its SHA-256, in hexadecimal', () => {
    const token = generateRefreshToken();
    expect(hashRefreshToken(token)).toBe(createHash('sha256').update(token).digest('hex'));
  });

  it('is sealed for the holder of the one before, and for nobody else', () => {
    const [before, successor, other] = [
      generateRefreshToken(),
      generateRefreshToken(),
      generateRefreshToken(),
    ];
    const sealed = sealSuccessor(successor, before);
    expect(openSuccessor(sealed, before)).toBe(successor);
    expect(sealed).not.toContain(successor.slice(3));
    for (const wrong of [other, hashRefreshToken(before)])
      expect(openSuccessor(sealed, wrong)).not.toBe(successor);
  });
});
