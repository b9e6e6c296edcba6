import { join } from 'node:path';

import { startNode, type Child } from '../support/child.js';
import { forgeToken } from '../support/forge.js';
import type { Platform } from '../support/platforms.js';
import { SECRET } from '../support/secret.js';
import type { Project } from './project.js';

/** All that a process of the README's application gets to know. */
export const ENV = { PATH: process.env.PATH!, AUTH_JWT_SECRET_KEY: SECRET, PORT: '0' };

/** Runs `main.ts` of a section as a process, until it listens. */
export async function startStage(
  project: Project,
  stage: string,
  platform: Platform,
  env: Readonly<Record<string, string>> = {},
): Promise<Child & { url: string }> {
  const main = platform === 'fastify' ? 'main.fastify.js' : 'main.js';
  const child = startNode(join(project.dist, stage, main), { ...ENV, ...env });
  const [, port] = await child.until(/Listening on http:\S+:(\d+)/);
  return { ...child, url: `http://127.0.0.1:${port}` };
}

/** A token of `ada` of `org_1`, made without the package. */
export function token(permissions: readonly string[], claims: object = {}): string {
  return forgeToken({ claims: { permissions, org_id: 'org_1', ...claims } });
}
