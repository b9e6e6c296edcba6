import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The variables of a service that runs with the predecessor. */
export const VARIABLES = {
  AUTH_JWT_SECRET_KEY: 'k3Yx9Lq0Vd7Rm2Ts8Wb5Nf1Hc6Jg4Pa_Z-eUoIiQ',
  AUTH_JWT_ALGORITHM: 'HS256',
  AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '60',
  AUTH_JWT_ISSUER: 'contextiq',
  AUTH_API_KEY_ENABLED: 'true',
  AUTH_REQUIRE_AUTH: 'true',
  AUTH_REQUIRE_AUTH_EXCEPTIONS: '/health,/health/live, /version',
} as const;

type Json = Readonly<Record<string, unknown>>;

/** The claims of a predecessor's token; a member that is undefined is left out. */
export function claimsOf(changes: Json = {}): Json {
  const now = Math.floor(Date.now() / 1_000);
  return {
    sub: 'user_123',
    org_id: 'org_456',
    email: null,
    name: null,
    permissions: ['session:create', 'session:read', 'memory:search'],
    exp: now + 3_600,
    iat: now,
    iss: 'contextiq',
    ...changes,
  };
}

/** A token as the predecessor signed it, byte for byte. */
export function predecessorToken(
  claims: Json = claimsOf(),
  {
    secret = VARIABLES.AUTH_JWT_SECRET_KEY as string,
    header = '{"alg":"HS256","typ":"JWT"}',
    hash = 'sha256',
  } = {},
): string {
  const signed = [header, pythonJson(claims)]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** Python's `json.dumps` with the separators of its JWT libraries: whatever is not ASCII is escaped. */
function pythonJson(value: Json): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A row of the predecessor's table of keys. */
export interface PredecessorKey {
  readonly key_id: string;
  readonly key_hash: string;
  readonly user_id: string;
  readonly org_id: string | null;
  readonly permissions: readonly string[];
  readonly expires_at: string | null;
  /** Requests per hour. */
  readonly rate_limit: number;
  readonly is_active: boolean;
  readonly metadata: Json | null;
}

/** `ck_` and Python's `secrets.token_urlsafe(32)`, with the row that was kept of it. */
export function predecessorKey(changes: Partial<PredecessorKey> = {}): { key: string; row: PredecessorKey } {
  const key = `ck_${randomBytes(32).toString('base64url')}`;
  const row = {
    key_id: `key_${randomBytes(4).toString('hex')}`,
    key_hash: createHash('sha256').update(key).digest('hex'),
    user_id: 'user_123',
    org_id: 'org_456',
    permissions: ['session:read', 'memory:search'],
    expires_at: null,
    rate_limit: 1_000,
    is_active: true,
    metadata: null,
    ...changes,
  };
  return { key, row };
}

/**
 * Verifies a token as the predecessor's services do: HS256 by RFC 7515 alone, the issuer, the time, and no audience
 * that nobody asked for.
 */
export function verifyAsPredecessor(token: string): Json {
  const [header = '', payload = '', signature = '', ...more] = token.split('.');
  const read = (segment: string): Json => JSON.parse(Buffer.from(segment, 'base64url').toString()) as Json;
  const mac = createHmac('sha256', VARIABLES.AUTH_JWT_SECRET_KEY).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (more.length > 0 || given.length !== mac.length || !timingSafeEqual(given, mac)) {
    throw new Error('signature');
  }
  if (read(header).alg !== 'HS256') throw new Error('alg');
  const claims = read(payload);
  const now = Date.now() / 1_000;
  if (claims.iss !== 'contextiq') throw new Error('iss');
  if ('aud' in claims) throw new Error('aud');
  if (!(typeof claims.exp === 'number' && claims.exp > now)) throw new Error('exp');
  if (!(typeof claims.iat === 'number' && claims.iat <= now)) throw new Error('iat');
  return claims;
}
