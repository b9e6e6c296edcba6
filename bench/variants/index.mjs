import { hasPostgres } from '../harness/postgres.mjs';

/** The files of this folder that hold variants, in the order of the table. A new variant is a file, and its name here. */
const FILES = [
  'unguarded',
  'gatehouse-jwt',
  'gatehouse-api-key',
  'passport-jwt',
  'jwt-service',
  'jose',
  'fast-jwt',
  'fastify-jwt',
  'passport-headerapikey',
  'better-auth',
];

/**
 * @typedef {object} Variant
 * @property {string} id
 * @property {string} title
 * @property {'baseline' | 'remembered' | 'verified each time' | 'peers'} group measured beside each other.
 * @property {('express' | 'fastify')[]} [platforms] both when left out.
 * @property {boolean} [needsPostgres]
 * @property {(platform: 'express' | 'fastify') => Promise<Started>} start
 *
 * @typedef {object} Started
 * @property {import('@nestjs/common').INestApplication} app
 * @property {Record<string, string>[]} credentials headers, one element for each caller.
 * @property {Record<string, string>} [tampered] must be refused; absent when everything passes.
 * @property {Record<string, string>} [doomed] good until `revoke()`; absent when nothing can be revoked.
 * @property {() => unknown} [revoke]
 */

/** @returns {Promise<Variant[]>} those of one file. */
export async function variantsOf(file) {
  const { variants } = await import(`./${file}.mjs`);
  return variants.map((variant) => ({ platforms: ['fastify', 'express'], ...variant, file }));
}

/** @returns {Promise<Variant[]>} those that can be measured on this machine. */
export async function allVariants() {
  const variants = (await Promise.all(FILES.map(variantsOf))).flat();
  return (await hasPostgres()) ? variants : variants.filter(({ needsPostgres }) => !needsPostgres);
}
