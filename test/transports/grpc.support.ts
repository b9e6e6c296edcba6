import {
  Client,
  credentials,
  Metadata,
  ServerCredentials,
  type GrpcObject,
  type MetadataValue,
  type MethodDefinition,
  type Server,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import type { ModuleMetadata } from '@nestjs/common';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';

import { bootService, track, type BootedService } from './rpc.support.js';
import { GrpcOrdersController, type Text } from './orders.grpc.controller.js';

const PROTO = new URL('orders.proto', import.meta.url).pathname;
const METHODS = loadSync(PROTO)['orders.Orders'] as ServiceDefinition;
const ANY_PORT = '127.0.0.1:0';

export interface BootedGrpc extends BootedService {
  readonly client: Client;
}

/** The orders behind the gate, by gRPC. */
export async function bootGrpc(
  metadata: ModuleMetadata = { controllers: [GrpcOrdersController] },
): Promise<BootedGrpc> {
  let port: Promise<number>;
  // Nest tells nobody which port it got: the server listens on a second one, which is known.
  const onLoadPackageDefinition = (_: GrpcObject, server: Server): void => {
    port = new Promise((resolve, reject) =>
      server.bindAsync(ANY_PORT, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
  };
  const options: MicroserviceOptions = {
    transport: Transport.GRPC,
    options: { package: 'orders', protoPath: PROTO, url: ANY_PORT, onLoadPackageDefinition },
  };
  const booted = await bootService({ options }, metadata);
  return { ...booted, client: track(new Client(`127.0.0.1:${await port!}`, credentials.createInsecure())) };
}

/** Metadata: a value, or several of one name. */
export type Fields = Readonly<Record<string, MetadataValue | readonly MetadataValue[]>>;

/**
 * Calls a method with one message. On the wire all four kinds of methods are alike, so that this calls any of them.
 *
 * @returns the texts of all answers. Rejects with the status of the refusal.
 */
export async function call({ client }: BootedGrpc, name: string, fields: Fields = {}, text = 'x') {
  const method = METHODS[name] as MethodDefinition<Text, Text>;
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(fields))
    for (const one of [value].flat()) metadata.add(key, one as MetadataValue);
  const stream = client.makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    metadata,
    { deadline: Date.now() + 25_000 },
  );
  stream.write({ text });
  stream.end();
  const texts: string[] = [];
  for await (const answer of stream as AsyncIterable<Text>) texts.push(answer.text);
  return texts;
}

/** How a call is refused: gRPC's code, what it says, and the gate's own code. */
export async function refusalOf(booted: BootedGrpc, name: string, fields?: Fields, text?: string) {
  const answer = await call(booted, name, fields, text).catch((error: ServiceError) => error);
  if (!(answer instanceof Error)) throw new Error(`no refusal, but the answer ${answer.join()}`);
  return [answer.code, answer.details, ...answer.metadata.get('code')];
}
