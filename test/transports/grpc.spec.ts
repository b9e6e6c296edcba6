import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiKeyStore } from 'nestjs-gatehouse';

import { forgeToken } from '../support/forge.js';
import { apiKey, bearer, revoke } from './credentials.js';
import { bootGrpc, call, refusalOf, type BootedGrpc } from './grpc.support.js';
import { closeServices } from './rpc.support.js';

/** A closed handler of each kind that gRPC has, and its answer to `ada`. */
const ANSWERS: readonly [string, readonly string[]][] = [
  ['WhoAmI', ['ada']],
  ['Place', ['x for ada']],
  ['List', ['first', 'last of ada']],
  ['Chat', ['x by ada']],
  ['Collect', ['x of ada']],
  ['RawChat', ['x by ada']],
  ['RawCollect', ['collected x']],
];
const INVALID = [status.UNAUTHENTICATED, 'The credentials are not valid', 'credentials_invalid'];

describe('gRPC', () => {
  let booted: BootedGrpc;
  beforeAll(async () => {
    booted = await bootGrpc();
  });
  afterAll(closeServices);

  it.each(ANSWERS)('refuses %s without a credential', async (name) => {
    expect(await refusalOf(booted, name)).toEqual([
      status.UNAUTHENTICATED,
      'Authentication is required',
      'credentials_missing',
    ]);
  });

  it.each(ANSWERS)('refuses %s with an unknown one', async (name) => {
    expect(await refusalOf(booted, name, { authorization: 'Bearer nonsense' })).toEqual(INVALID);
  });

  it.each(ANSWERS)('accepts %s with one, and hands the caller over', async (name, answers) => {
    const authorization = bearer(booted, 'memory:create');
    // Twice: the second time the credential is remembered, and the guard answers at once.
    for (let i = 0; i < 2; i++) expect(await call(booted, name, { authorization })).toEqual(answers);
  });

  it.each(['Place', 'RawChat'])('says what is wrong with a credential for %s', async (name) => {
    const forged = `Bearer ${forgeToken({ secret: 'another' })}`;
    const expired = `Bearer ${forgeToken({ now: 1e9 })}`;
    const key = await apiKey(booted, 'memory:create');
    for (const [fields, code, own] of [
      [{ authorization: forged }, status.UNAUTHENTICATED, 'credentials_invalid'],
      [{ authorization: expired }, status.UNAUTHENTICATED, 'token_expired'],
      [{ authorization: 'Bearer a b' }, status.INVALID_ARGUMENT, 'request_malformed'],
      [{ 'x-api-key': [key, key] }, status.INVALID_ARGUMENT, 'request_malformed'],
      [{ authorization: bearer(booted) }, status.PERMISSION_DENIED, 'permission_denied'],
    ] as const) {
      expect(await refusalOf(booted, name, fields)).toEqual([code, expect.any(String), own]);
    }
    expect(await call(booted, name, { 'x-api-key': key })).toHaveLength(1);
  });

  it.each(['WhoAmI', 'RawCollect'])('refuses %s when the token was revoked', async (name) => {
    const authorization = bearer(booted);
    expect(await call(booted, name, { authorization })).toHaveLength(1);
    await revoke(booted, authorization);
    expect(await refusalOf(booted, name, { authorization })).toEqual(INVALID);
  });

  it('shows a public handler no caller', async () => {
    expect(await call(booted, 'Ping')).toEqual(['for anyone']);
    for (const authorization of [bearer(booted), 'Bearer nonsense']) {
      expect(await call(booted, 'Ping', { authorization })).toEqual(['for anyone']);
    }
  });

  it('takes no credential from the message', async () => {
    const text = bearer(booted);
    expect(await refusalOf(booted, 'WhoAmI', {}, text)).toContain('credentials_missing');
    expect(await refusalOf(booted, 'RawCollect', {}, text)).toContain('credentials_missing');
  });

  it('answers for an AuthError that a handler let through', async () => {
    expect(await refusalOf(booted, 'Whose', {}, 'nonsense')).toEqual(INVALID);
    expect(await refusalOf(booted, 'RawWhose', { token: 'nonsense' })).toEqual(INVALID);
    expect(await call(booted, 'RawWhose', { token: bearer(booted).slice(7) })).toEqual(['ada']);
  });

  it.each(['WhoAmI', 'Chat', 'RawChat', 'RawCollect'])(
    'says of an outage that it is one: %s',
    async (name) => {
      const key = await apiKey(booted);
      const outage = jest
        .spyOn(booted.app.get(ApiKeyStore), 'findByHash')
        .mockRejectedValue(new Error('the store is on fire'));
      expect(await refusalOf(booted, name, { 'x-api-key': key })).toEqual([
        status.UNAVAILABLE,
        'Authentication is unavailable at the moment',
        'auth_unavailable',
      ]);
      outage.mockRestore();
      expect(await call(booted, 'WhoAmI', { 'x-api-key': key })).toEqual(['robby']);
    },
  );
});
