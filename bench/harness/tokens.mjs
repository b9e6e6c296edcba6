import { randomUUID } from 'node:crypto';

import { JwtService } from '@nestjs/jwt';

/** How many different tokens or keys are sent. */
export const CREDENTIALS = 512;

/** A secret as applications have it: text, long enough for every HS algorithm. */
export const SECRET = 'pQ7vYt3mK9xWz2Rb5Ns8Dc1Hf6Jg4La0Ue3Oi7Tq9Vy2Mx5Bn8Kw1Zr4Cp6Sd0Gh';

export const PERMISSIONS = ['session:create', 'session:read', 'session:list', 'memory:read', 'memory:search'];

/** What every token tells of its owner, so that those of all variants are of one size. */
export function person(i) {
  return {
    userId: `user_${String(i).padStart(6, '0')}`,
    orgId: `org_${i % 16}`,
    email: `person${i}@example.com`,
    name: `Person Number ${i}`,
    permissions: PERMISSIONS,
  };
}

/** HS256 tokens as the peers' documentation signs them, with the claims of Gatehouse's. */
export function peerTokens(count = CREDENTIALS) {
  const jwt = new JwtService({ secret: SECRET });
  return Array.from({ length: count }, (_, i) => {
    const { userId, orgId, ...rest } = person(i);
    return jwt.sign(
      { sub: userId, org_id: orgId, ...rest, jti: randomUUID() },
      { expiresIn: '1h', issuer: 'gatehouse', audience: 'gatehouse' },
    );
  });
}

/** @returns {Record<string, string>} */
export function bearer(token) {
  return { authorization: `Bearer ${token}` };
}

/** Changes one character in the middle of what is random in a credential: the signature, the secret. */
export function tamper(credential) {
  const at = credential.length - 20;
  return credential.slice(0, at) + (credential[at] === 'A' ? 'B' : 'A') + credential.slice(at + 1);
}
