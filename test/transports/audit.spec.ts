import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';

import { closeAll } from '../support/platforms.js';
import { tableOf } from './audit.support.js';
import { bootNotes, GRAPHQL_SETUPS } from './graphql.support.js';
import { bootGrpc } from './grpc.support.js';
import { pattern } from './orders.controller.js';
import { bootService, closeServices, TCP } from './rpc.support.js';

afterEach(closeAll);
afterEach(closeServices);

describe.each(GRAPHQL_SETUPS)('The route audit of $name', (setup) => {
  it('has a row for every query, mutation, subscription and field resolver', async () => {
    expect(tableOf(await bootNotes(setup))).toEqual([
      'required graphql QUERY me NotesResolver.me',
      'required graphql QUERY note NotesResolver.note',
      'required graphql MUTATION addNote NotesResolver.addNote',
      'required graphql QUERY stats NotesResolver.stats',
      'public graphql QUERY motd NotesResolver.motd',
      'optional graphql QUERY greeting NotesResolver.greeting',
      'required graphql QUERY machine NotesResolver.forMachines',
      'public graphql QUERY whose NotesResolver.whose',
      'required graphql FIELD secret NotesResolver.secret',
      'required graphql SUBSCRIPTION noteAdded NotesResolver.noteAdded',
    ]);
  });

  it('stops the boot over a field resolver with a rule that nothing enforces', async () => {
    await expect(bootNotes(setup, {}, [])).rejects.toThrow(
      /^Gatehouse stops the boot[^\n]*\n  - NotesResolver\.secret: Nest guards no field resolver: [^\n]*$/,
    );
  });
});

describe('The route audit of message handlers', () => {
  it('has a row for every message and event', async () => {
    expect(tableOf(await bootService(TCP))).toEqual([
      `required rpc MESSAGE ${pattern('whoami')} OrdersController.whoAmI`,
      `required rpc MESSAGE ${pattern('place')} OrdersController.place`,
      `required rpc MESSAGE ${pattern('stats')} OrdersController.stats`,
      `public rpc MESSAGE ${pattern('ping')} OrdersController.ping`,
      `optional rpc MESSAGE ${pattern('greet')} OrdersController.greet`,
      `required rpc MESSAGE ${pattern('machine')} OrdersController.forMachines`,
      `public rpc MESSAGE ${pattern('whose')} OrdersController.whose`,
      `required rpc EVENT ${pattern('noted')} OrdersController.noted`,
      `public rpc EVENT ${pattern('heard')} OrdersController.heard`,
    ]);
  });

  it('has a row for every pattern of a handler, and writes objects as JSON', async () => {
    @Controller()
    class PatternsController {
      @MessagePattern(['one', { cmd: 'two' }])
      both(): void {}
    }
    expect(tableOf(await bootService(TCP, { controllers: [PatternsController] }))).toEqual([
      'required rpc MESSAGE one PatternsController.both',
      'required rpc MESSAGE {"cmd":"two"} PatternsController.both',
    ]);
  });

  it('has a row for every gRPC handler', async () => {
    const row = (rpc: string, streaming: string, access = 'required'): string =>
      `${access} rpc MESSAGE {"service":"Orders","rpc":"${rpc}","streaming":"${streaming}"}`;
    const rows = tableOf(await bootGrpc());
    expect(rows.map((text) => text.slice(0, text.lastIndexOf(' ')))).toEqual([
      row('WhoAmI', 'no_stream'),
      row('Place', 'no_stream'),
      row('Ping', 'no_stream', 'public'),
      row('Whose', 'no_stream', 'public'),
      row('List', 'no_stream'),
      row('Chat', 'rx_stream'),
      row('Collect', 'rx_stream'),
      row('RawChat', 'pt_stream'),
      row('RawCollect', 'pt_stream'),
      row('RawWhose', 'pt_stream', 'public'),
    ]);
  });
});
