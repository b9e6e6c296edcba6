// An application that trusts other issuers, as a process of its own whose memory can be measured.
import 'reflect-metadata';

import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule, Clock } from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';

const { ISSUERS, SECRET } = process.env;
const clock = new ManualClock();
let peak = 0;
// Buffers of what is read; garbage of the heap says nothing of what is kept.
setInterval(() => (peak = Math.max(peak, process.memoryUsage().arrayBuffers)), 2).unref();

class Empty {}
Module({
  imports: [
    AuthModule.forRoot({
      jwt: { secret: SECRET },
      identityCache: false,
      trustedIssuers: ISSUERS.split(' ').map((issuer) => ({ issuer, audience: 'api' })),
    }),
  ],
})(Empty);

const module = await Test.createTestingModule({ imports: [Empty] })
  .overrideProvider(Clock)
  .useValue(clock)
  .compile();
const app = module.createNestApplication({ logger: false });
await app.listen(0, '127.0.0.1');

const COMMANDS = {
  advance: (seconds) => clock.advance(seconds),
  now: () => clock.now() / 1_000,
  async memory() {
    for (let i = 0; i < 4; i++) {
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const was = peak;
    peak = arrayBuffers;
    return { kept: heapUsed + arrayBuffers, arrayBuffers, peak: was };
  },
};
process.on('message', async ({ id, command, args }) =>
  process.send({ id, value: await COMMANDS[command](...args) }),
);
process.send({ url: await app.getUrl() });
