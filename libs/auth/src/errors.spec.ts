import { describe, expect, it } from '@jest/globals';

import { AuthError, type AuthErrorCode } from './errors.js';

const MESSAGES: Record<AuthErrorCode, string> = {
  credentials_missing: 'Authentication is required',
  credentials_invalid: 'The credentials are not valid',
  token_expired: 'The access token expired',
  permission_denied: 'The credentials do not carry the permission that this needs',
  request_malformed: 'The request is malformed',
  rate_limited: 'Too many requests',
  auth_unavailable: 'Authentication is unavailable at the moment',
};

describe('AuthError', () => {
  it.each(Object.entries(MESSAGES) as [AuthErrorCode, string][])(
    '%s has a message for clients',
    (code, message) => {
      const error = new AuthError(code, 'for the log');
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({
        name: 'AuthError',
        code,
        message,
        reason: 'for the log',
        permissions: [],
      });
      expect([error.retryAfter, error.cause]).toEqual([undefined, undefined]);
    },
  );

  it('carries what it is given', () => {
    const cause = new Error('inner');
    const details = { permissions: ['a:b'], retryAfter: 5, message: 'Other words', cause };
    expect(new AuthError('rate_limited', 'why', details)).toMatchObject(details);
  });
});
