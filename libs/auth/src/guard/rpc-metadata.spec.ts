import { describe, expect, it } from '@jest/globals';
import {
  KafkaContext,
  MqttContext,
  NatsContext,
  RedisContext,
  RmqContext,
  TcpContext,
} from '@nestjs/microservices';
import { headers } from '@nats-io/transport-node';

import { rpcMetadata, type RpcContext } from './rpc-metadata.js';

const GOOD = 'Bearer good';
const AUTHORIZATION = { Authorization: GOOD };
const nothing = undefined as never;

const kafka = (message: object): RpcContext =>
  new KafkaContext([message as never, 0, 'topic', nothing, nothing, nothing]);
const rabbit = (message: object): RpcContext => new RmqContext([message, nothing, 'pattern']);
const mqtt = (packet: object): RpcContext => new MqttContext(['topic', packet]);
const tcp = (metadata: unknown): RpcContext => new TcpContext([nothing, 'pattern', metadata as never]);
const redis = (metadata: unknown): RpcContext => new RedisContext(['channel', metadata as never]);

function nats(...values: string[]): RpcContext {
  const list = headers();
  for (const value of values) list.append('Authorization', value);
  return new NatsContext(['subject', list]);
}

describe('the metadata of a packet', () => {
  it.each<[string, RpcContext]>([
    ['TCP', tcp(AUTHORIZATION)],
    ['Redis', redis(AUTHORIZATION)],
    ['NATS', nats(GOOD)],
    ['RabbitMQ', rabbit({ properties: { headers: AUTHORIZATION } })],
    ['Kafka, as text', kafka({ headers: AUTHORIZATION })],
    ['Kafka, as bytes', kafka({ headers: { Authorization: Buffer.from(GOOD) } })],
    ['MQTT', mqtt({ properties: { userProperties: AUTHORIZATION } })],
  ])('is found with %s', (_, context) => {
    expect(rpcMetadata(context, 'authorization')).toEqual([GOOD]);
    expect(rpcMetadata(context, 'x-api-key')).toEqual([]);
  });

  it.each<[string, RpcContext]>([
    ['TCP', tcp({ authorization: [GOOD, GOOD] })],
    ['TCP, in two spellings', tcp({ authorization: GOOD, Authorization: GOOD })],
    ['NATS', nats(GOOD, GOOD)],
    ['RabbitMQ', rabbit({ properties: { headers: { authorization: [GOOD, GOOD] } } })],
    ['Kafka', kafka({ headers: { authorization: [Buffer.from(GOOD), Buffer.from(GOOD)] } })],
    ['MQTT', mqtt({ properties: { userProperties: { authorization: [GOOD, GOOD] } } })],
  ])('has two values when a field came twice, with %s', (_, context) => {
    expect(rpcMetadata(context, 'authorization')).toEqual([GOOD, GOOD]);
  });

  it.each<[string, RpcContext]>([
    ['TCP without metadata', tcp(undefined)],
    ['TCP with a list', tcp(['authorization', GOOD])],
    ['Redis before Nest 12', { getChannel: () => 'channel' } as RpcContext],
    ['NATS without headers', new NatsContext(['subject', undefined])],
    ['RabbitMQ, in the content', rabbit({ content: AUTHORIZATION, properties: {} })],
    ['Kafka, in the value', kafka({ value: AUTHORIZATION, key: AUTHORIZATION })],
    ['MQTT 3, and in the payload', mqtt({ payload: AUTHORIZATION })],
    ['no message at all', rabbit(nothing)],
    ['an unknown transport', AUTHORIZATION as RpcContext],
  ])('is empty, and the payload is not looked at, with %s', (_, context) => {
    expect(rpcMetadata(context, 'authorization')).toEqual([]);
  });
});
