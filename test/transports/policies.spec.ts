import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TokenService } from 'nestjs-gatehouse';

import { boot, closeAll, type Booted } from '../support/platforms.js';
import { describeIfServer, NATS } from '../support/servers.js';
import { tableOf } from './audit.support.js';
import { bootNotes, GRAPHQL_SETUPS, query } from './graphql.support.js';
import { bootGrpc, call, refusalOf as grpcRefusalOf, type BootedGrpc } from './grpc.support.js';
import {
  DocumentPolicy,
  DocumentsController,
  DocumentsGateway,
  DocumentsResolver,
  GrpcDocumentsController,
  pattern,
} from './policies.support.js';
import {
  ask,
  bootService,
  closeClients,
  closeServices,
  codeOf,
  natsSetup,
  TCP,
  type BootedService,
  type RpcSetup,
} from './rpc.support.js';
import { closeSockets, SOCKET_SETUPS, type Message } from './sockets.support.js';

const bearer = ({ app }: Pick<BootedService, 'app'> | Booted, userId: string, ...roles: string[]): string =>
  `Bearer ${app.get(TokenService).createAccessToken({ userId, roles })}`;

describe.each(GRAPHQL_SETUPS)('Policies and roles in GraphQL with $name', (setup) => {
  let booted: Booted;
  beforeAll(async () => {
    booted = await bootNotes(setup, { providers: [DocumentsResolver, DocumentPolicy] });
  });
  afterAll(closeAll);

  /** The data, or the codes of the refusals. */
  async function outcome(source: string, userId: string, ...roles: string[]): Promise<unknown> {
    const { data, errors } = await query(booted, source, { authorization: bearer(booted, userId, ...roles) });
    return errors.length === 0 ? data : errors.map(({ extensions }) => extensions?.['code']);
  }

  it.each([
    ['query', '{ document(text: "x") { text } }', { document: { text: 'x' } }],
    ['mutation', 'mutation { write(text: "x") { text } }', { write: { text: 'x' } }],
    ['field', '{ anyones { owned } }', { anyones: { owned: "anyone's of ada" } }],
  ])('a policy lets a %s pass, refuses it, or cannot be asked', async (_what, source, data) => {
    for (let i = 0; i < 2; i += 1) {
      expect(await outcome(source, 'ada')).toEqual(data);
      expect(await outcome(source, 'eve')).toEqual(['permission_denied']);
      expect(await outcome(source, 'mallory')).toEqual(['auth_unavailable']);
    }
  });

  it('a policy sees the arguments', async () => {
    expect(await outcome('{ document(text: "secret") { text } }', 'ada')).toEqual(['permission_denied']);
  });

  it.each([
    ['query', '{ edit { text } }', { edit: { text: 'edited' } }],
    ['field', '{ anyones { edited } }', { anyones: { edited: "anyone's, edited" } }],
  ])('a role is asked for by a %s', async (_what, source, data) => {
    expect(await outcome(source, 'ada', 'editor')).toEqual(data);
    expect(await outcome(source, 'ada', 'reader')).toEqual(['permission_denied']);
  });
});

describe.each(SOCKET_SETUPS)(
  'Policies and roles in a gateway with $name',
  ({ platform, configure, open }) => {
    let booted: Booted;
    beforeAll(async () => {
      booted = await boot(platform, { providers: [DocumentsGateway, DocumentPolicy], configure });
    });
    afterEach(closeSockets);
    afterAll(closeAll);

    async function outcome(
      event: string,
      data: string,
      userId: string,
      ...roles: string[]
    ): Promise<unknown> {
      const socket = open(booted.url, { headers: { authorization: bearer(booted, userId, ...roles) } });
      const answers: Message[] = [];
      for (let i = 0; i < 2; i += 1) {
        socket.send(event, data);
        answers.push(await socket.next());
      }
      expect(answers[1]).toEqual(answers[0]);
      return answers[0]!.event === 'exception'
        ? (answers[0]!.data as { code: string }).code
        : answers[0]!.data;
    }

    it('a policy lets a message pass, refuses it, or cannot be asked', async () => {
      expect(await outcome('document', 'x', 'ada')).toBe('x for ada');
      expect(await outcome('document', 'secret', 'ada')).toBe('permission_denied');
      expect(await outcome('document', 'x', 'eve')).toBe('permission_denied');
      expect(await outcome('document', 'x', 'mallory')).toBe('auth_unavailable');
    });

    it('a role is asked for', async () => {
      expect(await outcome('edit', 'x', 'ada', 'editor')).toBe('ada');
      expect(await outcome('edit', 'x', 'ada', 'reader')).toBe('permission_denied');
    });
  },
);

describe('Policies and roles of message handlers by TCP', () => messageHandlers(TCP));
await describeIfServer(NATS, 'Policies and roles of message handlers by NATS', (url) =>
  messageHandlers(natsSetup(url)),
);

function messageHandlers(setup: RpcSetup): void {
  let booted: BootedService;
  beforeAll(async () => {
    booted = await bootService(setup, { controllers: [DocumentsController], providers: [DocumentPolicy] });
  });
  afterEach(closeClients);
  afterAll(closeServices);

  const clientOf = (userId: string, ...roles: string[]) =>
    setup.client(booted.app, { authorization: bearer(booted, userId, ...roles) });

  it('a policy lets a message pass, refuses it, or cannot be asked', async () => {
    const ada = clientOf('ada');
    expect(await ask(ada, pattern('document'), 'x')).toBe('x for ada');
    expect(await codeOf(ada, pattern('document'), 'secret')).toBe('permission_denied');
    expect(await codeOf(clientOf('eve'), pattern('document'), 'x')).toBe('permission_denied');
    expect(await codeOf(clientOf('mallory'), pattern('document'), 'x')).toBe('auth_unavailable');
    expect(await ask(ada, pattern('document'), 'x')).toBe('x for ada');
  });

  it('a role is asked for', async () => {
    expect(await ask(clientOf('ada', 'editor'), pattern('edit'))).toBe('ada');
    expect(await codeOf(clientOf('ada', 'reader'), pattern('edit'))).toBe('permission_denied');
  });

  it('both are in the table of the route audit', () => {
    expect(tableOf(booted)).toEqual([
      `required rpc MESSAGE ${pattern('document')} DocumentsController.document`,
      `required rpc MESSAGE ${pattern('edit')} DocumentsController.edit`,
    ]);
  });
}

describe('Policies and roles by gRPC', () => {
  let booted: BootedGrpc;
  beforeAll(async () => {
    booted = await bootGrpc({ controllers: [GrpcDocumentsController], providers: [DocumentPolicy] });
  });
  afterAll(closeServices);

  const of = (userId: string, ...roles: string[]) => ({ authorization: bearer(booted, userId, ...roles) });
  /** gRPC's code and the gate's own. */
  async function refusal(name: string, fields: ReturnType<typeof of>, text?: string): Promise<unknown> {
    const [status, , code] = await grpcRefusalOf(booted, name, fields, text);
    return [status, code];
  }
  const DENIED = [7, 'permission_denied'];

  it.each(['Place', 'Chat', 'RawChat'])(
    'a policy lets %s pass, refuses it, or cannot be asked',
    async (name) => {
      for (let i = 0; i < 2; i += 1) {
        expect(await call(booted, name, of('ada'))).toEqual(['x for ada']);
        expect(await refusal(name, of('eve'))).toEqual(DENIED);
        expect(await refusal(name, of('mallory'))).toEqual([14, 'auth_unavailable']);
      }
    },
  );

  it('a policy sees the message', async () => {
    expect(await refusal('Place', of('ada'), 'secret')).toEqual(DENIED);
  });

  it('a role is asked for', async () => {
    expect(await call(booted, 'WhoAmI', of('ada', 'editor'))).toEqual(['ada']);
    expect(await call(booted, 'RawWhose', of('ada', 'editor'))).toEqual(['x for ada']);
    for (const name of ['WhoAmI', 'RawWhose'])
      expect(await refusal(name, of('ada', 'reader'))).toEqual(DENIED);
  });
});
