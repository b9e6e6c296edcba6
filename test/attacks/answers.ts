import type { Platform } from '../support/platforms.js';
import type { RawAnswer } from '../support/raw-http.js';

/**
 * The answers that an attack may get, all of them: written down from the answer table, not taken from the package, and
 * compared as a whole, so that no other word can be in them.
 */
export interface Answer {
  readonly name: string;
  readonly status: number;
  /** The whole challenge; undefined: there is none. */
  readonly challenge?: string;
  /** The whole body: JSON, or a text, or one of several. */
  readonly bodies: readonly (object | string | RegExp)[];
}

const API_KEY_CHALLENGE = 'ApiKey realm="api"';

function refusal(status: number, error: string, code: string, message: string, parameters = ''): Answer {
  return {
    name: code,
    status,
    challenge: `Bearer realm="api"${parameters}, ${API_KEY_CHALLENGE}`,
    // A HEAD request's answer has the headers of GET and no body.
    bodies: [{ statusCode: status, error, message, code }, ''],
  };
}

export const MISSING = refusal(401, 'Unauthorized', 'credentials_missing', 'Authentication is required');
export const INVALID = refusal(
  401,
  'Unauthorized',
  'credentials_invalid',
  'The credentials are not valid',
  ', error="invalid_token"',
);
export const EXPIRED = refusal(
  401,
  'Unauthorized',
  'token_expired',
  'The access token expired',
  ', error="invalid_token", error_description="The access token expired"',
);
export const MALFORMED = refusal(
  400,
  'Bad Request',
  'request_malformed',
  'The request is malformed',
  ', error="invalid_request"',
);
export const denied = (scope: string): Answer =>
  refusal(
    403,
    'Forbidden',
    'permission_denied',
    'The credentials do not carry the permission that this needs',
    `, error="insufficient_scope", scope="${scope}"`,
  );

const NO_CHUNKS = '0\r\n\r\n';

/** Node's HTTP parser refused the bytes before anybody else saw them; Fastify puts a body of its own to it. */
export const UNPARSED: Answer = {
  name: 'unparsed',
  status: 400,
  bodies: ['', NO_CHUNKS, { error: 'Bad Request', message: 'Client Error', statusCode: 400 }],
};
export const TOO_LARGE: Answer = {
  name: 'too large',
  status: 431,
  bodies: [
    '',
    {
      error: 'Request Header Fields Too Large',
      message: 'Exceeded maximum allowed HTTP header size',
      statusCode: 431,
    },
  ],
};
/**
 * No route: the routers' own answers. They quote the path, so no attack of this kind has a credential in its path.
 * Express has one more of them for what lies outside the global prefix.
 */
export const NOT_FOUND: Answer = {
  name: 'not found',
  status: 404,
  bodies: [
    '',
    /^\{"message":"Cannot [A-Z-]+ [^"]*","error":"Not Found","statusCode":404\}$/,
    /^<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error<\/title>\n<\/head>\n<body>\n<pre>Cannot [A-Z-]+ [^<]*<\/pre>\n<\/body>\n<\/html>\n$/,
  ],
};
/** A path that a router cannot decode. Each router says so in words of its own, of which the path is the only part that varies. */
export const BAD_PATH: Answer = {
  name: 'bad path',
  status: 400,
  bodies: [
    /^\{"message":"Failed to decode param '[^']*'","error":"Bad Request","statusCode":400\}$/,
    /^\{"statusCode":400,"code":"FST_ERR_BAD_URL","error":"Bad Request","message":"'[^']*' is not a valid url component"\}$/,
  ],
};
/** A body that its parser refused. Nest's default filter says why in the parser's words, and has no code of ours. */
export const BAD_BODY: readonly Answer[] = [400, 413, 415].map((status) => ({
  name: `bad body ${status}`,
  status,
  bodies: [
    new RegExp(
      `^(?=.*"statusCode":${status})\\{(?:,?"(?:message|error)":"(?:[^"\\\\]|\\\\.)*"|,?"statusCode":${status})+\\}$`,
    ),
  ],
}));
/** Express answers OPTIONS for every route it has: which methods there are, and nothing else. */
export const ALLOWED_METHODS: Answer = {
  name: 'allowed methods',
  status: 200,
  bodies: [/^[A-Z]+(?:, ?[A-Z]+)*$/],
};
/** Node itself refuses an expectation that it does not know, with a body of no chunks. */
export const UNEXPECTED: Answer = { name: 'expectation failed', status: 417, bodies: [NO_CHUNKS] };
/** Nobody is there to take the connection over. */
export const CLOSED: Answer = { name: 'closed', status: 0, bodies: [''] };

/** @returns what is wrong with an answer; undefined when it is one of those that the attack may get. */
export function judge(
  answer: RawAnswer,
  allowed: Answer | readonly Answer[] | Readonly<Record<Platform, Answer | readonly Answer[]>>,
  platform: Platform,
): string | undefined {
  const forPlatform = ['express' in allowed ? allowed[platform] : allowed].flat() as readonly Answer[];
  if (forPlatform.some((one) => isAnswer(answer, one))) return undefined;
  const { status, headers, body } = answer;
  const wanted = forPlatform.map(({ name }) => name).join(' or ');
  return `${wanted} expected, but got ${status} ${headers['www-authenticate'] ?? ''} ${JSON.stringify(body)}`;
}

function isAnswer({ status, headers, body }: RawAnswer, expected: Answer): boolean {
  return (
    status === expected.status &&
    headers['www-authenticate'] === expected.challenge &&
    expected.bodies.some((wanted) => isBody(body, wanted))
  );
}

function isBody(body: string, wanted: object | string | RegExp): boolean {
  if (typeof wanted === 'string') return body === wanted;
  if (wanted instanceof RegExp) return wanted.test(body);
  return sorted(parse(body)) === sorted(wanted);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : '';
}
