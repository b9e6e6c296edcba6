import autocannon from 'autocannon';

const CONNECTIONS = 32;

/**
 * Loads a server as fast as it answers, and asks it what that cost.
 *
 * @param {import('./variant-process.mjs').VariantProcess} server
 * @param {number} seconds
 * @returns {Promise<{ perSecond: number, cpu: number, busy: number, p50: number, p99: number, rss: number }>}
 * requests per second, server CPU in microseconds per request, share of one core that the server used, milliseconds,
 * bytes.
 */
export async function load(server, seconds) {
  const latencies = [];
  const before = await server.usage();
  const began = performance.now();
  await new Promise((resolve, reject) => {
    let connection = 0;
    const run = autocannon(
      {
        url: server.url,
        connections: CONNECTIONS,
        duration: seconds,
        // How often autocannon looks whether its time is over.
        sampleInt: 50,
        // Each connection has its share of the credentials, so that every one of them is in use at once.
        setupClient: (client) => client.setRequests(requestsOf(server.credentials, connection++)),
      },
      (error, result) => {
        if (error) reject(error);
        else if (result.errors + result.non2xx > 0)
          reject(new Error(`${server.variant.id} did not let all pass`));
        else resolve();
      },
    );
    run.on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
  });
  const elapsed = (performance.now() - began) / 1_000;
  const after = await server.usage();
  const cpu = after.user + after.system - before.user - before.system;
  latencies.sort((a, b) => a - b);
  return {
    perSecond: latencies.length / elapsed,
    cpu: cpu / latencies.length,
    busy: cpu / 1e6 / elapsed,
    p50: latencies[Math.floor(latencies.length * 0.5)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
    rss: after.rss,
  };
}

function requestsOf(credentials, connection) {
  const each = Math.ceil(credentials.length / CONNECTIONS);
  const first = (connection % CONNECTIONS) * each;
  return credentials
    .slice(first, first + each)
    .map((headers) => ({ method: 'GET', headers: { ...headers } }));
}
