import { hash, randomUUID } from 'node:crypto';

/** The ids of successors are UUIDs of version 8 (RFC 9562 section 5.8): their content is ours to say. */
const SUCCESSOR = /^([0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3})-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * What a key has in common with all that it replaces and that replace it. Calls are counted under it: whoever replaces
 * a key does not get a fresh window.
 *
 * @returns 60 bits and the version, as a UUID has them: 18 characters.
 */
export function lineageOf(keyId: string): string {
  const ofSuccessor = SUCCESSOR.exec(keyId)?.[1];
  if (ofSuccessor !== undefined) return ofSuccessor;
  const digest = hash('sha256', keyId, 'hex');
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(12, 15)}`;
}

/** @returns a new id, of the lineage of the key that is replaced. */
export function successorId(keyId: string): string {
  return lineageOf(keyId) + randomUUID().slice(18);
}
