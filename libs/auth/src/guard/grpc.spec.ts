import { EventEmitter } from 'node:events';

import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';

import { endRawCall, grpcStatus, type GrpcStatus } from './grpc.js';

const REFUSAL = { statusCode: 401, message: 'no', code: 'credentials_missing' };

class Call extends EventEmitter {
  readonly metadata = new Metadata();
}

describe('the status of a refusal', () => {
  it.each([
    [400, status.INVALID_ARGUMENT],
    [401, status.UNAUTHENTICATED],
    [403, status.PERMISSION_DENIED],
    [429, status.RESOURCE_EXHAUSTED],
    [503, status.UNAVAILABLE],
    [418, status.UNKNOWN],
  ])('for %i is gRPC code %i, with the own code in metadata of its own', (statusCode, code) => {
    const received = new Metadata();
    received.set('authorization', 'Bearer secret');
    const answer = grpcStatus({ ...REFUSAL, statusCode }, received);
    expect(answer).toMatchObject({ code, details: 'no', message: 'no' });
    expect(answer.metadata).toBeInstanceOf(Metadata);
    expect(answer.metadata.getMap()).toEqual({ code: 'credentials_missing' });
  });
});

describe('a raw call', () => {
  it('that answers once is ended by its callback alone', () => {
    const ends: GrpcStatus[] = [];
    // Without a listener, an event `error` would be thrown.
    expect(endRawCall([new Call(), (end: GrpcStatus) => void ends.push(end)], REFUSAL)).toBe(true);
    expect(ends).toMatchObject([{ code: status.UNAUTHENTICATED }]);
  });

  it('that answers with a stream is ended by an error', () => {
    const ends: GrpcStatus[] = [];
    const call = new Call().on('error', (end: GrpcStatus) => void ends.push(end));
    expect(endRawCall([call], REFUSAL)).toBe(true);
    expect(ends).toMatchObject([{ code: status.UNAUTHENTICATED }]);
  });

  it.each([
    ['a call with metadata beside it', [{ text: 'x' }, new Metadata(), new Call()]],
    ['a message of another transport', [{ metadata: { getMap: 'text' } }, {}]],
    ['nothing', []],
  ])('is not %s', (_, args) => {
    expect(endRawCall(args, REFUSAL)).toBe(false);
  });
});
