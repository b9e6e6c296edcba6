import { execFile, spawnSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import type { Project } from './project.js';
import { blocks } from './readme.js';

const run = promisify(execFile);
const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

/** The key pair of the README: made by its command, used by its module. */
export function describeKeyPair(project: () => Project): void {
  (HAS_OPENSSL ? describe : describe.skip)('the key pair of the README', () => {
    it('is made by the command that is shown, and signs', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'gatehouse-readme-'));
      try {
        await run('sh', ['-c', blocks('sh', 'Issue a token')[1]!.text], { cwd: folder });
        const keyFile = join(folder, 'jwt-private.pem');
        const [header, claims, signature] = (await makeToken(project(), keyFile)).split('.');

        expect(jsonIn(header!)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: '2026-01' });
        expect(jsonIn(claims!)).toMatchObject({
          iss: 'https://api.example.com',
          aud: 'https://api.example.com',
          sub: 'ada',
        });
        const key = createPublicKey(await readFile(keyFile, 'utf8'));
        const signed = Buffer.from(`${header}.${claims}`);
        const given = Buffer.from(signature!, 'base64url');
        expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, given)).toBe(true);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
}

/** What `make-token.ts` prints, with the module of the key pair in the place of the application's. */
async function makeToken({ dist }: Project, keyFile: string): Promise<string> {
  const stage = join(dist, 'issue-a-token');
  const text = await readFile(join(stage, 'make-token.js'), 'utf8');
  const script = join(stage, 'make-es256-token.js');
  await writeFile(
    script,
    text.replace('./app.module.js', './key-pair.module.js').replaceAll('AppModule', 'KeyPairModule'),
  );
  const env = { PATH: process.env.PATH, JWT_PRIVATE_KEY_FILE: keyFile };
  return (await run(process.execPath, [script], { env })).stdout.trim();
}

function jsonIn(segment: string): unknown {
  return JSON.parse(Buffer.from(segment, 'base64url').toString());
}
