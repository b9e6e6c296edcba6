import { get } from '../support/raw-http.js';
import { ALLOWED_METHODS, CLOSED, MISSING, NOT_FOUND, UNEXPECTED, UNPARSED } from './answers.js';
import { attacksOf, ME, type Attack, type AttackGroup } from './attack.js';

const METHODS = [
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'COPY',
  'LINK',
  'LOCK',
  'MKCOL',
  'MOVE',
  'PROPFIND',
  'PURGE',
  'REPORT',
  'SEARCH',
  'SUBSCRIBE',
  'UNLOCK',
  'M-SEARCH',
  'SOURCE',
];

/** What no method of HTTP is. */
const NO_METHODS = ['get', 'Get', 'GE', 'GETT', 'G\0ET', 'TRACK', 'DEBUG', 'JEFF', '', 'GET\t', ' GET'];

const PATHS = [ME, '/api/v1/sessions', '/api/v1/admin/stats'];

/** B5: other methods, and other ways of framing a request, all without a credential. */
export const methods: AttackGroup = {
  rows: ['B5'],
  name: 'methods',
  server: 'demo',
  attacks: (): Attack[] => {
    const send = (method: string, path: string): string =>
      get(path, 'Content-Length: 0').replace('GET', method);
    const known = METHODS.flatMap((method) =>
      PATHS.map((path): [string, string] => [`${method} ${path}`, send(method, path)]),
    );
    const unknown = NO_METHODS.map((method): [string, string] => [JSON.stringify(method), send(method, ME)]);
    return [
      ...attacksOf([MISSING, NOT_FOUND, ALLOWED_METHODS], Object.fromEntries(known)),
      ...attacksOf(UNPARSED, Object.fromEntries(unknown)),
      ...attacksOf([CLOSED, UNPARSED], {
        'CONNECT to an authority': send('CONNECT', '127.0.0.1:80'),
        'CONNECT to a path': send('CONNECT', ME),
      }),
    ];
  },
};

/** Requests whose frame is not plain HTTP/1.1; the credential is genuine where it stands behind another request's end. */
export const framing: AttackGroup = {
  rows: ['B5'],
  name: 'framing',
  server: 'demo',
  attacks: ({ token }): Attack[] => {
    const version = (text: string): string => get(ME).replace('HTTP/1.1', text);
    const post = (...headers: string[]): string =>
      get('/api/v1/sessions', 'Content-Type: application/json', ...headers).replace('GET', 'POST');
    return [
      ...attacksOf(MISSING, {
        'HTTP/1.0': version('HTTP/1.0'),
        'an upgrade to WebSocket': get(
          ME,
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZQ==',
        ),
        'an upgrade to HTTP/2': get(ME, 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
        'empty lines first': `\r\n\r\n${get(ME)}`,
        'a host that is none': get(ME).replace('127.0.0.1', '\xff[::'),
        'an empty host': get(ME).replace(' 127.0.0.1', ''),
        'another version of the API': get(ME, 'Accept-Version: 9.x', 'X-API-Version: 0'),
        'Authorization as a hop': get(ME, 'Connection: Authorization, X-API-Key'),
        'a body that GET does not have': `${get(ME, 'Content-Length: 2')}\r\n\r\n{}`,
        'two hosts': get(ME, 'Host: health'),
        'a range': get(ME, 'Range: bytes=0-10'),
        'a condition': get(ME, 'If-None-Match: *'),
        'a date': get(ME, 'If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT'),
      }),
      ...attacksOf(UNPARSED, {
        'HTTP/9.9': version('HTTP/9.9'),
        'HTTP in lower case': version('http/1.1'),
        'another protocol': version('ICE/1.0'),
        'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM',
        'a TLS hello': Buffer.from('16030100c8010000c40303', 'hex'),
        'no host': `GET ${ME} HTTP/1.1\r\nConnection: close`,
        'a length and chunks': `${post('Content-Length: 5', 'Transfer-Encoding: chunked')}\r\n\r\n0\r\n\r\nGET`,
        'two lengths': `${post('Content-Length: 0', 'Content-Length: 5')}\r\n\r\nGET /`,
        'a length that is no number': post('Content-Length: x'),
        'a negative length': post('Content-Length: -1'),
        'a length with a sign': post('Content-Length: +0'),
        'a length in hexadecimal': post('Content-Length: 0x2'),
        'a list of lengths': post('Content-Length: 0, 5'),
        'a length too long to count': post('Content-Length: 99999999999999999999999'),
        'chunks after a vertical tab': post('Transfer-Encoding: \x0bchunked'),
        'chunks, then none': post('Transfer-Encoding: chunked', 'Transfer-Encoding: identity'),
        'a blank before the colon of chunks': post('Transfer-Encoding : chunked'),
        'a chunk too long to count': `${post('Transfer-Encoding: chunked')}\r\n\r\nfffffffffffffffff\r\n`,
        'a line feed in a chunk extension': `${post('Transfer-Encoding: chunked')}\r\n\r\n2;a=\n\r\n{}\r\n0`,
        'line feeds alone': get(ME).replaceAll('\r\n', '\n'),
        'a coding that nobody knows': post('Transfer-Encoding: xchunked'),
        'chunks that are not last': post('Transfer-Encoding: chunked, identity'),
        'a chunk that is no number': `${post('Transfer-Encoding: chunked')}\r\n\r\nxyz\r\n`,
      }),
      ...attacksOf(UNEXPECTED, { 'an expectation': get(ME, 'Expect: a-miracle') }),
      // Versions of Node's parser differ in how much of this they take.
      ...attacksOf([MISSING, UNPARSED], {
        'HTTP/0.9': version(''),
        'HTTP/2.0': version('HTTP/2.0'),
        'a blank more': version(' HTTP/1.1'),
        'a request inside the body of another': `${post('Content-Length: 2')}\r\n\r\n{}${get(ME, `Authorization: Bearer ${token}`)}`,
      }),
    ];
  },
};
