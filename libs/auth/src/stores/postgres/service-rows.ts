import type { ClientRecord, ClientSecretRecord } from '../../oauth/client.store.js';
import { recordOf, rowOf } from './rows.js';
import type { clients, WrittenSecret } from './service.schema.js';

type Row = typeof clients.$inferSelect;

/** A service made of a row. */
export function clientOf({ secrets, ...row }: Row): ClientRecord {
  return { ...recordOf(row), secrets: secretsOf(secrets) };
}

/** A row, or a part of one, made of a service. */
export function clientRowOf<Fields extends Partial<ClientRecord>>(fields: Fields): Partial<Row> {
  const { secrets, ...rest } = fields;
  return { ...rowOf(rest), ...(secrets && { secrets: secrets.map(writtenOf) }) } as Partial<Row>;
}

export function secretsOf(written: readonly WrittenSecret[]): readonly ClientSecretRecord[] {
  return written.map(({ secretHash, createdAt, expiresAt }) => ({
    secretHash,
    createdAt: new Date(createdAt),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
  }));
}

function writtenOf({ secretHash, createdAt, expiresAt }: ClientSecretRecord): WrittenSecret {
  const end = expiresAt && { expiresAt: expiresAt.toISOString() };
  return { secretHash, createdAt: createdAt.toISOString(), ...end };
}
