import type { JsonWebKey, KeyObject } from 'node:crypto';

import type { Platform } from '../support/platforms.js';
import { get } from '../support/raw-http.js';
import type { Answer } from './answers.js';
import type { Row } from './requirements.js';

/** The servers that are attacked: the demo with its secret, and servers that verify with a public key. */
export const SERVERS = ['demo', 'RS256', 'PS256', 'ES256'] as const;
export type ServerName = (typeof SERVERS)[number];

/** What an attacker knows of a server, and what was handed out to people who did no wrong. */
export interface Target {
  readonly secret: string;
  /** The key pair of a server that has one: the public half is known, the private one proves that algorithms are bound. */
  readonly pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject; readonly jwk: JsonWebKey };
  /** A genuine access token and API key: stolen, bent, or put where none belongs. */
  readonly token: string;
  readonly apiKey: string;
  /** API keys that were good once, and the id and stored hash of the one that is. */
  readonly spentKeys: Readonly<Record<string, string>>;
  readonly keyId: string;
  readonly keyHash: string;
  readonly revokedToken: string;
  /** Nobody must ever connect to it. */
  readonly canaryUrl: string;
}

/** One request, and the answers that it may get. */
export interface Attack {
  readonly name: string;
  /** Request line, headers, and what else goes before the last empty line. */
  readonly request: string | Buffer;
  readonly answer: Answer | readonly Answer[] | Readonly<Record<Platform, Answer | readonly Answer[]>>;
}

export interface AttackGroup {
  /** What it shows: see {@link REQUIREMENTS}. */
  readonly rows: readonly Row[];
  readonly name: string;
  readonly server: ServerName;
  attacks(target: Target): readonly Attack[];
}

export const ME = '/api/v1/me';

export function bearer(token: string, path = ME): string {
  return get(path, `Authorization: Bearer ${token}`);
}

export function apiKey(key: string, path = ME): string {
  return get(path, `X-API-Key: ${key}`);
}

/** Attacks with one answer, from a table of names. */
export function attacksOf(
  answer: Attack['answer'],
  requests: Readonly<Record<string, string | Buffer>>,
): Attack[] {
  return Object.entries(requests).map(([name, request]) => ({ name, request, answer }));
}
