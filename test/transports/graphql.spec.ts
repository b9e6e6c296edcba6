import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { forgeToken } from '../support/forge.js';
import { closeAll, type Booted } from '../support/platforms.js';
import { get, rawRequest } from '../support/raw-http.js';
import { apiKey, bearer, revoke } from './credentials.js';
import { bootNotes, GRAPHQL_SETUPS, query } from './graphql.support.js';

const LONG_AGO = 1_000_000_000;
const SOURCES = ['{ me }', '{ note { text } }', 'mutation { addNote(text: "x") { text } }', '{ stats }'];

describe.each(GRAPHQL_SETUPS)('GraphQL with $name', (setup) => {
  let booted: Booted;
  beforeAll(async () => {
    booted = await bootNotes(setup);
  });
  afterAll(closeAll);

  /** The one error of an answer, which has no data and shows nothing but the gate's own words. */
  async function refusal(source: string, headers?: Record<string, string>): Promise<unknown> {
    const { status, text, data, errors } = await query(booted, source, headers);
    expect({ status, data, errors: errors.length }).toEqual({ status: 200, data: null, errors: 1 });
    expect(text).not.toMatch(/node_modules|\.[jt]s|at .*\(|jwt|jsonwebtoken|Exception|passport/i);
    const { stacktrace = [], ...extensions } = errors[0]!.extensions!;
    expect(stacktrace).toEqual(setup.name.startsWith('Apollo') ? [errors[0]!.message] : []);
    return extensions;
  }

  it.each(SOURCES)('refuses %s without a credential', async (source) => {
    expect(await refusal(source)).toEqual({ code: 'credentials_missing', statusCode: 401 });
  });

  it.each(SOURCES)('accepts %s with one', async (source) => {
    const authorization = bearer(booted, 'memory:read', 'memory:create', 'admin:read');
    expect(await query(booted, source, { authorization })).toMatchObject({ status: 200, errors: [] });
    const key = await apiKey(booted, 'memory:*', 'admin:write');
    expect(await query(booted, source, { 'x-api-key': key })).toMatchObject({ status: 200, errors: [] });
  });

  it('hands the caller to queries, mutations and fields', async () => {
    const authorization = bearer(booted, 'memory:*');
    const answer = await query(booted, '{ me note { text owner secret } }', { authorization });
    expect(answer.data).toEqual({
      me: 'ada',
      note: { text: 'first', owner: 'ada', secret: 'first of ada' },
    });
    const added = await query(booted, 'mutation { addNote(text: "x") { owner } }', { authorization });
    expect(added.data).toEqual({ addNote: { owner: 'ada' } });
  });

  it.each([
    ['unknown', () => 'Bearer nonsense', 'credentials_invalid', 401],
    ['forged', () => `Bearer ${forgeToken({ secret: 'another' })}`, 'credentials_invalid', 401],
    ['expired', () => `Bearer ${forgeToken({ now: LONG_AGO })}`, 'token_expired', 401],
    ['malformed', () => 'Bearer a b', 'request_malformed', 400],
    ['without the permission', () => bearer(booted, 'memory:create'), 'permission_denied', 403],
  ])('says of a credential that is %s what is wrong with it', async (_, authorization, code, statusCode) => {
    expect(await refusal('{ note { text } }', { authorization: authorization() })).toEqual({
      code,
      statusCode,
    });
  });

  it('refuses a header that comes twice', async () => {
    const body = JSON.stringify({ query: '{ me }' });
    const answer = await rawRequest(
      booted.url,
      get(
        '/graphql',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        `Authorization: ${bearer(booted)}`,
        `Authorization: ${bearer(booted)}`,
      ).replace('GET', 'POST') + `\r\n\r\n${body}`,
    );
    expect(answer.body).toContain('"code":"request_malformed"');
  });

  it('refuses a field whose own rule is not met', async () => {
    const authorization = bearer(booted, 'memory:read');
    const { data, errors } = await query(booted, '{ note { text secret } me }', { authorization });
    expect(errors).toMatchObject([{ path: ['note', 'secret'], extensions: { code: 'permission_denied' } }]);
    expect(data).toBeNull();
    expect((await query(booted, '{ note { text } me }', { authorization })).errors).toEqual([]);
  });

  it('refuses a revoked token', async () => {
    const authorization = bearer(booted);
    expect((await query(booted, '{ me }', { authorization })).data).toEqual({ me: 'ada' });
    await revoke(booted, authorization);
    expect(await refusal('{ me }', { authorization })).toMatchObject({ code: 'credentials_invalid' });
  });

  it('keeps public and optional fields open, and looks at a credential only where the rule does', async () => {
    expect((await query(booted, '{ motd greeting }')).data).toEqual({
      motd: 'for anyone',
      greeting: 'hello stranger',
    });
    expect((await query(booted, '{ motd }', { authorization: 'Bearer nonsense' })).errors).toEqual([]);
    expect(await refusal('{ greeting }', { authorization: 'Bearer nonsense' })).toMatchObject({
      code: 'credentials_invalid',
    });
  });

  it('gives each field of an operation the caller of its own rule', async () => {
    const headers = { authorization: bearer(booted), 'x-api-key': await apiKey(booted) };
    for (const source of ['{ me machine motd greeting }', '{ motd machine greeting me }']) {
      // Twice: the second time the credentials are remembered, and the guard answers at once.
      for (let i = 0; i < 2; i++) {
        expect((await query(booted, source, headers)).data).toEqual({
          me: 'ada',
          machine: 'api_key',
          motd: 'for anyone',
          greeting: 'hello ada',
        });
      }
    }
  });

  it('refuses a credential of another scheme than the rule names', async () => {
    expect(await refusal('{ machine }', { authorization: bearer(booted) })).toMatchObject({
      code: 'credentials_invalid',
    });
    expect((await query(booted, '{ machine }', { 'x-api-key': await apiKey(booted) })).errors).toEqual([]);
  });

  it('answers for an AuthError that a resolver let through', async () => {
    expect(await refusal('{ whose(token: "nonsense") }')).toMatchObject({ code: 'credentials_invalid' });
    const expired = forgeToken({ now: LONG_AGO });
    expect(await refusal(`{ whose(token: "${expired}") }`)).toMatchObject({ code: 'token_expired' });
  });

  it('takes no credential from the operation', async () => {
    const token = bearer(booted);
    const response = await fetch(`${booted.url}/graphql?authorization=${encodeURIComponent(token)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: '{ me }',
        variables: { authorization: token, connectionParams: { authorization: token } },
        extensions: { authorization: token },
        connectionParams: { authorization: token },
      }),
    });
    expect(await response.text()).toContain('"code":"credentials_missing"');
  });
});
