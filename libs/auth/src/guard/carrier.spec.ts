import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';

import { carrierOf, rememberUpgradeRequest, type Carrier } from './carrier.js';

const GOOD = 'Bearer good';
const HEADERS = { authorization: GOOD };

function carrier(type: string, ...args: unknown[]): Carrier {
  const context = new ExecutionContextHost(args);
  context.setType(type);
  return carrierOf(context);
}

function metadata(): Metadata {
  const fields = new Metadata();
  fields.set('authorization', GOOD);
  return fields;
}

describe('the carrier', () => {
  const request = { headers: HEADERS };
  const ofReference = { req: request };
  const ofQuery = { req: request };
  const call = { metadata: metadata() };

  it.each<[string, Carrier, unknown]>([
    ['of a query', carrier('graphql', {}, {}, ofQuery, {}), ofQuery],
    ['of a reference resolver, which has no arguments', carrier('graphql', {}, ofReference, {}), ofReference],
    ['of a gRPC call', carrier('rpc', {}, call.metadata, {}), call.metadata],
    ['of a raw gRPC call', carrier('rpc', call), call.metadata],
    ['of a raw gRPC call with a callback', carrier('rpc', call, () => undefined), call.metadata],
  ])('%s is where the credential is, and the identity goes', (_, found, expected) => {
    expect(found.value('authorization')).toBe(GOOD);
    expect(found.host).toBe(expected);
  });

  it('of a ws socket has the headers of its handshake, once they are known', () => {
    const socket = {};
    expect(carrier('ws', socket).value('authorization')).toBeUndefined();
    rememberUpgradeRequest(socket, request);
    expect(carrier('ws', socket).value('authorization')).toBe(GOOD);
  });

  it.each<[string, Carrier]>([
    ['of a transport that nobody knows', carrier('smoke', { headers: HEADERS })],
    ['of nothing', carrier('smoke')],
    ['of GraphQL without a context', carrier('graphql', {}, {}, undefined, {})],
    ['of a message without a context', carrier('rpc', HEADERS)],
    ['of a message whose context is null', carrier('rpc', { metadata: HEADERS }, null)],
    ['of a payload that looks like a call', carrier('rpc', { metadata: { getMap: GOOD, ...HEADERS } }, {})],
    ['of a socket that is none', carrier('ws')],
  ])('%s has no credential', (_, found) => {
    expect(found.value('authorization')).toBeUndefined();
    expect(found.host).toBeInstanceOf(Object);
  });
});
