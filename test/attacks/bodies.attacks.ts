import { brotliCompressSync, gzipSync } from 'node:zlib';

import { get } from '../support/raw-http.js';
import { BAD_BODY, MISSING } from './answers.js';
import type { Attack, AttackGroup } from './attack.js';

const JSON_TYPE = 'Content-Type: application/json';
const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded';

function post(body: string | Buffer, ...headers: string[]): Buffer {
  const bytes = Buffer.from(body as string);
  const head = get('/api/v1/sessions', ...headers, `Content-Length: ${bytes.length}`).replace('GET', 'POST');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), bytes]);
}

/**
 * B5: bodies in front of the gate. Nest reads them before it asks anybody, so their parsers answer first; nobody gets
 * in by one, and none of them is a fault of the server's.
 */
export const bodies: AttackGroup = {
  rows: ['B5'],
  name: 'bodies',
  server: 'demo',
  attacks: ({ token }): Attack[] => {
    const zeros = Buffer.alloc(1_000_000);
    const nested = (levels: number): string => `{"title":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    const requests: Record<string, Buffer> = {
      'a title': post('{"title":"x"}', JSON_TYPE),
      'half of a text': post('{"title":"', JSON_TYPE),
      'a token that is cut off': post(`{"access_token":"${token}`, JSON_TYPE),
      'nothing, called JSON': post('', JSON_TYPE),
      'a NUL byte': post('\0', JSON_TYPE),
      'ten thousand lists': post(nested(10_000), JSON_TYPE),
      'ten thousand brackets that do not close': post('['.repeat(10_000), JSON_TYPE),
      __proto__: post('{"__proto__":{"user":{"userId":"admin_1"}},"title":"x"}', JSON_TYPE),
      'constructor.prototype': post('{"constructor":{"prototype":{"user":1}},"title":"x"}', JSON_TYPE),
      '200 KB': post(`{"title":"${'x'.repeat(200_000)}"}`, JSON_TYPE),
      'JSON in UTF-16': post('{}', `${JSON_TYPE}; charset=utf-16`),
      'JSON in UTF-7': post('{}', `${JSON_TYPE}; charset=utf-7`),
      'JSON in a charset that nobody knows': post('{}', `${JSON_TYPE}; charset=x`),
      'JSON that is no UTF-8': post(Buffer.from('{"title":"\xff\xfe"}', 'latin1'), JSON_TYPE),
      XML: post('<title/>', 'Content-Type: application/xml'),
      'a type that is none': post('{}', 'Content-Type: ;;;/'),
      'a type of 10 KB': post('{}', `Content-Type: application/json; ${'a=b;'.repeat(2_500)}`),
      'two types': post('{}', JSON_TYPE, 'Content-Type: text/plain'),
      'parts without a boundary': post('--x', 'Content-Type: multipart/form-data'),
      'parts that do not end': post('--x\r\n', 'Content-Type: multipart/form-data; boundary=x'),
      'a form of five thousand fields': post('a=1&'.repeat(5_000), FORM_TYPE),
      'a form with __proto__': post('__proto__[user]=1&constructor[prototype][user]=1', FORM_TYPE),
      'a form with brackets': post(`a${'[b]'.repeat(5_000)}=1`, FORM_TYPE),
      'a form with bad escapes': post('%zz=%&%c0%af=1', FORM_TYPE),
      'a megabyte of zeros in gzip': post(gzipSync(zeros), JSON_TYPE, 'Content-Encoding: gzip'),
      'a megabyte of zeros in brotli': post(brotliCompressSync(zeros), JSON_TYPE, 'Content-Encoding: br'),
      'gzip that is none': post('{}', JSON_TYPE, 'Content-Encoding: gzip'),
      'deflate that is none': post('{}', JSON_TYPE, 'Content-Encoding: deflate'),
      'an encoding that nobody knows': post('{}', JSON_TYPE, 'Content-Encoding: x'),
      'encodings of encodings': post('{}', JSON_TYPE, 'Content-Encoding: gzip, gzip, gzip'),
    };
    return Object.entries(requests).map(([name, request]) => ({
      name,
      request,
      answer: [MISSING, ...BAD_BODY],
    }));
  },
};
