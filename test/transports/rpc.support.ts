import type { AddressInfo, Server } from 'node:net';

import { ClientNats, ClientTCP, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import type { INestMicroservice, ModuleMetadata } from '@nestjs/common';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { AuthModule } from 'nestjs-gatehouse';
import { firstValueFrom, lastValueFrom, timeout, type Observable } from 'rxjs';

import { SECRET } from '../support/secret.js';
import { OrdersController } from './orders.controller.js';

/** The metadata of a packet: a value, or several of one name. */
export type Metadata = Readonly<Record<string, unknown>>;

/** Nest's own client. */
export interface RpcClient {
  send(pattern: string, data: unknown): Observable<unknown>;
  emit(pattern: string, data: unknown): Observable<unknown>;
  close(): unknown;
}

/** One way to reach message handlers. */
export interface RpcSetup {
  readonly options: MicroserviceOptions;
  /** @param metadata of every packet of this client. */
  readonly client: (service: INestMicroservice, metadata?: Metadata) => RpcClient;
}

export const TCP: RpcSetup = {
  options: { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
  client: (service, metadata) => tcpClient(portOf(service), { metadata }),
};

export const natsSetup = (url: string): RpcSetup => ({
  options: { transport: Transport.NATS, options: { servers: [url] } },
  client: (_service, metadata = {}) => natsClient(url, metadata),
});

export function portOf(service: INestMicroservice): number {
  return (service.unwrap<Server>().address() as AddressInfo).port;
}

/** @param fields of every packet, beside its pattern and its data. */
export function tcpClient(port: number, fields: object = {}): RpcClient {
  const client = new ClientTCP({ host: '127.0.0.1', port });
  client.setOnDispatchHook((packet) => void Object.assign(packet, fields));
  return track(client);
}

function natsClient(url: string, metadata: Metadata): RpcClient {
  const client = new ClientNats({ servers: [url] });
  client.setOnDispatchHook((packet) => {
    const headers = natsHeaders();
    for (const [name, value] of Object.entries(metadata))
      for (const one of [value].flat()) headers.append(name, String(one));
    Object.assign(packet, { headers });
  });
  return track(client);
}

const services: INestMicroservice[] = [];
const clients: Pick<RpcClient, 'close'>[] = [];

/** Has a client closed by {@link closeClients}. */
export function track<T extends Pick<RpcClient, 'close'>>(client: T): T {
  clients.push(client);
  return client;
}

export interface BootedService {
  readonly app: INestMicroservice;
}

/** A microservice behind the gate, and nothing beside it. */
export async function bootService(
  { options }: Pick<RpcSetup, 'options'>,
  metadata: ModuleMetadata = { controllers: [OrdersController] },
  override: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
): Promise<BootedService> {
  const module = await override(
    Test.createTestingModule({ imports: [AuthModule.forRoot({ jwt: { secret: SECRET } })], ...metadata }),
  ).compile();
  const app = module.createNestMicroservice<MicroserviceOptions>({ ...options, logger: false });
  services.push(app);
  await app.listen();
  return { app };
}

/** For `afterAll`. */
export async function closeServices(): Promise<void> {
  await closeClients();
  await Promise.all(services.splice(0).map((service) => service.close()));
}

/** For `afterEach`. */
export async function closeClients(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client.close() as unknown));
}

/** The answer to a message. Rejects with the refusal. */
export function ask(client: RpcClient, pattern: string, data: unknown = ''): Promise<unknown> {
  return firstValueFrom(client.send(pattern, data).pipe(timeout(25_000)));
}

/** The refusal of a message. */
export async function refusalOf(client: RpcClient, pattern: string, data?: unknown): Promise<unknown> {
  const answer = await ask(client, pattern, data).then(
    (value) => ({ value }),
    (refusal: unknown) => ({ refusal }),
  );
  if ('value' in answer) throw new Error(`no refusal, but the answer ${JSON.stringify(answer.value)}`);
  return answer.refusal;
}

/** The code of the refusal. */
export async function codeOf(client: RpcClient, pattern: string, data?: unknown): Promise<unknown> {
  return ((await refusalOf(client, pattern, data)) as { code?: unknown }).code;
}

/** Sends an event, and waits until it is on its way. */
export async function tell(client: RpcClient, pattern: string, data: unknown = ''): Promise<void> {
  await lastValueFrom(client.emit(pattern, data), { defaultValue: undefined });
}
