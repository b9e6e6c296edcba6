import type { INestApplicationContext } from '@nestjs/common';
import { ApiKeyService, RevocationFeed, TokenService, type PermissionGrant } from 'nestjs-gatehouse';

interface Booted {
  readonly app: INestApplicationContext;
}

/** A bearer header of `ada`, with these permissions. */
export function bearer({ app }: Booted, ...permissions: PermissionGrant[]): string {
  return `Bearer ${app.get(TokenService).createAccessToken({ userId: 'ada', permissions })}`;
}

/** An API key of `robby`, with these permissions. */
export async function apiKey({ app }: Booted, ...permissions: PermissionGrant[]): Promise<string> {
  return (await app.get(ApiKeyService).create({ name: 'robot', userId: 'robby', permissions })).key;
}

/** Revokes the token of a bearer header. */
export async function revoke({ app }: Booted, header: string): Promise<void> {
  const { credentialId } = await app.get(TokenService).verifyAccessToken(header.slice('Bearer '.length));
  await app
    .get(RevocationFeed)
    .revoke({ kind: 'token', id: credentialId, at: Date.now(), expiresAt: Infinity });
}
