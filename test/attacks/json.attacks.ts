import { INVALID } from './answers.js';
import { attacksOf, bearer, type AttackGroup } from './attack.js';
import { claims, compact, HEADER, hmac } from './forge.js';

const bytes = (...parts: readonly (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

/** What stands in a text twice: the first one would do no harm, the last one would, and the other way round. */
function twice(json: string, member: string, value: string): Record<string, string> {
  return {
    [`${member} twice, the right one last`]: json.replace('{', `{"${member}":${value},`),
    [`${member} twice, the right one first`]: json.replace(/\}$/, `,"${member}":${value}}`),
    [`${member} twice, once with an escape`]: json.replace(
      '{',
      `{"\\u${member.charCodeAt(0).toString(16).padStart(4, '0')}${member.slice(1)}":${value},`,
    ),
  };
}

/** A12: ways of spoiling any JSON object. */
function spoilt(json: string): Record<string, string | Buffer> {
  const inner = json.slice(1, -1);
  return {
    nothing: '',
    'a blank': ' ',
    null: 'null',
    true: 'true',
    'a number': '1',
    'a text': '"x"',
    'an empty list': '[]',
    'a list of it': `[${json}]`,
    'a text of it': JSON.stringify(json),
    'a byte order mark before it': bytes([0xef, 0xbb, 0xbf], json),
    'two bytes of a byte order mark': bytes([0xff, 0xfe], json),
    'UTF-16': Buffer.from(json, 'utf16le'),
    'UTF-16 with a byte order mark': bytes([0xff, 0xfe]).subarray(0).toString('latin1') + json,
    'a NUL byte after it': `${json}\0`,
    'a NUL byte before it': `\0${json}`,
    'text after it': `${json}x`,
    'a brace after it': `${json}}`,
    'another object after it': `${json}${json}`,
    'another object on the next line': `${json}\n{}`,
    'a comma after it': `${json},`,
    'no closing brace': json.slice(0, -1),
    'no braces': inner,
    'a comma at the end': `{${inner},}`,
    'a comma at the beginning': `{,${inner}}`,
    'a comment': `{/* */${inner}}`,
    'a comment at the end': `${json}//`,
    'single quotes': json.replaceAll('"', "'"),
    'names without quotes': json.replaceAll(/"(\w+)":/g, '$1:'),
    'a name without a value': `{${inner},"x"}`,
    'a value that is NaN': `{${inner},"x":NaN}`,
    'a value that is Infinity': `{${inner},"x":Infinity}`,
    'a value that is undefined': `{${inner},"x":undefined}`,
    'a hexadecimal number': `{${inner},"x":0x1}`,
    'a number with a zero in front': `{${inner},"x":01}`,
    'a number with a plus': `{${inner},"x":+1}`,
    'a number without digits': `{${inner},"x":1.}`,
    'a line break in a text': `{${inner},"x":"a\nb"}`,
    'an unknown escape': `{${inner},"x":"\\x41"}`,
    'a no-break space between members': `{${inner},\u00a0"x":1}`,
    'a byte that is no UTF-8': bytes(`{${inner},"x":"`, [0xff], '"}'),
    'an overlong NUL': bytes(`{${inner},"x":"`, [0xc0, 0x80], '"}'),
    'an overlong slash': bytes(`{${inner},"x":"`, [0xe0, 0x80, 0xaf], '"}'),
    'half of a surrogate pair': bytes(`{${inner},"x":"`, [0xed, 0xa0, 0x80], '"}'),
    'a code point beyond Unicode': bytes(`{${inner},"x":"`, [0xf4, 0x90, 0x80, 0x80], '"}'),
    'a cut-off character': bytes(`{${inner},"x":"`, [0xe2, 0x82], '"}'),
    'a name twice that nobody knows': `{${inner},"x":1,"x":1}`,
    'an empty name twice': `{${inner},"":1,"":2}`,
    '__proto__ twice': `{${inner},"__proto__":{},"__proto__":{}}`,
    'a name twice in an object in it': `{${inner},"x":{"y":1,"y":2}}`,
    'a name twice in a list in it': `{${inner},"x":[[{"y":1,"y":2}]]}`,
    'a name twice behind texts with quotes and colons': `{${inner},"x":"\\":\\\\","y":1,"y":":"}`,
  };
}

export const spoiltHeaders: AttackGroup = {
  rows: ['A12'],
  name: 'JSON of headers',
  server: 'demo',
  attacks: ({ secret }) => {
    const json = JSON.stringify(HEADER);
    return attacksOf(
      INVALID,
      requestsFrom(
        {
          ...spoilt(json),
          ...twice(json, 'alg', '"none"'),
          ...twice(json, 'typ', '"JWT"'),
          'kid twice': json.replace('}', ',"kid":"1","kid":"1"}'),
          'alg and typ in __proto__ alone': `{"__proto__":${json}}`,
          'no members': '{}',
        },
        (header) => compact(header, claims(), hmac(secret)),
      ),
    );
  },
};

export const spoiltClaims: AttackGroup = {
  rows: ['A12'],
  name: 'JSON of claims',
  server: 'demo',
  attacks: ({ secret }) => {
    const json = JSON.stringify(claims());
    return attacksOf(
      INVALID,
      requestsFrom(
        {
          ...spoilt(json),
          ...twice(json, 'sub', '"admin_1"'),
          ...twice(json, 'exp', '9999999999'),
          ...twice(json, 'aud', '"other"'),
          ...twice(json, 'iss', '"https://evil.test"'),
          ...twice(json, 'permissions', '["*"]'),
          'a name twice in metadata': json.replace('{', '{"metadata":{"role":"user","role":"admin"},'),
        },
        (payload) => compact(HEADER, payload, hmac(secret)),
      ),
    );
  },
};

function requestsFrom(
  parts: Readonly<Record<string, string | Buffer>>,
  forge: (part: string | Buffer) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, bearer(forge(part))]));
}
