// What an endpoint of keys may answer when it is broken, or somebody else's.
import { gzipSync } from 'node:zlib';

const MIB = 2 ** 20;

/** @type {typeof import('./bad-key-sets.mjs').BAD_KEY_SETS} */
export const BAD_KEY_SETS = {
  down: (request) => request.socket.destroy(),
  hanging: () => undefined,
  slow: (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(timer));
  },
  'an error of 500': (_request, response) => response.writeHead(500).end('{"keys":[]}'),
  'not found': (_request, response) => response.writeHead(404).end(),
  'an answer of 204': (_request, response) => response.writeHead(204).end(),
  html: (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Welcome'),
  empty: (_request, response) => response.writeHead(200).end(),
  'an empty object': (_request, response) => response.end('{}'),
  'an empty set': (_request, response) => response.end('{"keys":[]}'),
  'a list': (_request, response) => response.end('[]'),
  'keys that are no list': (_request, response) => response.end('{"keys":{"0":{}}}'),
  'keys that are no objects': (_request, response) => response.end('{"keys":[null,1,"a",[]]}'),
  'no utf-8': (_request, response) => response.end(Buffer.from('7b226b657973223a22ff227d', 'hex')),
  'endlessly nested': (_request, response) => response.end('{"keys":' + '['.repeat(500_000)),
  truncated: (_request, response, { jwk }) => {
    const body = JSON.stringify({ keys: [jwk] });
    response.writeHead(200, { 'content-length': body.length });
    response.write(body.slice(0, -2), () => response.destroy());
  },
  'truncated without a length': (_request, response, { jwk }) =>
    response.end(JSON.stringify({ keys: [jwk] }).slice(0, -2)),
  '64 MiB': (_request, response, { jwk }) => {
    response.write(JSON.stringify({ keys: [jwk] }).slice(0, -1));
    stream(response, 64 * MIB, ' '.repeat(65_536));
  },
  'a compressed bomb': (_request, response, { jwk }) => {
    const body = Buffer.concat([Buffer.from(JSON.stringify({ keys: [jwk] })), Buffer.alloc(64 * MIB, ' ')]);
    bomb ??= gzipSync(body);
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  },
  redirecting: (_request, response) => response.writeHead(302, { location: '/good' }).end(),
  'redirecting with a body': (_request, response, { jwk }) =>
    response.writeHead(307, { location: '/good' }).end(JSON.stringify({ keys: [jwk] })),
  'private keys': (_request, response, { strangers }) =>
    response.end(JSON.stringify({ keys: [strangers.privateJwk] })),
  'symmetric keys': (_request, response, { jwk }) =>
    response.end(
      JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0'.repeat(8), alg: 'HS256', kid: jwk.kid }] }),
    ),
  'duplicate keys': (_request, response, { jwk, strangers }) =>
    response.end(JSON.stringify({ keys: [jwk, { ...strangers.jwk, kid: jwk.kid }] })),
  'keys of other algorithms': (_request, response, { jwk }) =>
    response.end(JSON.stringify({ keys: [{ ...jwk, alg: 'RS256' }] })),
  'keys for encryption': (_request, response, { jwk }) =>
    response.end(JSON.stringify({ keys: [{ ...jwk, use: 'enc' }] })),
};

/** Written once: it is the same for everybody. */
let bomb;

/** As much as the other side takes. */
function stream(response, length, chunk) {
  let sent = 0;
  const more = () => {
    while (sent < length && !response.destroyed) {
      sent += chunk.length;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end('}');
  };
  more();
}
