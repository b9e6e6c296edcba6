/** One process, one variant: `server.mjs <file> <variant> <platform>`. Talks to the process that forked it. */
import { variantsOf } from '../variants/index.mjs';

const [file, id, platform] = process.argv.slice(2);
// Only this variant's file: what the others import is no part of this one's memory.
const variant = (await variantsOf(file)).find((one) => one.id === id);
const { app, credentials, tampered, doomed, revoke } = await variant.start(platform);
const { port } = app.getHttpServer().address();

process.on('message', async (question) => {
  if (question === 'revoke') await revoke();
  process.send({ ...process.cpuUsage(), rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit(0));
process.send({ port, credentials, tampered, doomed });
