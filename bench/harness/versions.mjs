import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const PACKAGES = [
  'nestjs-gatehouse',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  '@nestjs/jwt',
  '@nestjs/passport',
  'express',
  'fastify',
  'passport',
  'passport-jwt',
  'passport-headerapikey',
  'jsonwebtoken',
  'jose',
  'fast-jwt',
  '@fastify/jwt',
  'better-auth',
  '@better-auth/api-key',
  'autocannon',
];

const PLACES = [
  new URL('../node_modules/', import.meta.url),
  new URL('../../node_modules/', import.meta.url),
];

/** What a figure depends on beside the code: Node, its OpenSSL, the cores, and the version of every package. */
export function environment() {
  return {
    node: process.version,
    openssl: process.versions.openssl,
    cores: availableParallelism(),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

/** @returns {string[]} the same as lines to print. */
export function environmentLines({ node, openssl, cores, packages }) {
  const list = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [`Node ${node}, OpenSSL ${openssl}, ${cores} cores`, list.join(', ')];
}

/** Not by `require.resolve`: packages need not export their package.json. */
function versionOf(name) {
  const manifest = PLACES.map((place) => new URL(`${name}/package.json`, place)).find((url) =>
    existsSync(url),
  );
  return manifest === undefined ? 'not installed' : JSON.parse(readFileSync(manifest, 'utf8')).version;
}
