import { AuthOptionsError } from '../options/options-error.js';

/** A key that was imported for one algorithm; only `jose` looks into it. */
export type ImportedKey = object;

/** What is used of the optional peer `jose`. It verifies on the thread pool. */
export interface Jose {
  importJWK(jwk: object, algorithm: string): Promise<ImportedKey>;
  compactVerify(token: string, key: ImportedKey, options: { algorithms: string[] }): Promise<unknown>;
}

/** @throws AuthOptionsError (as a rejection) when `jose` cannot be loaded. */
export async function loadJose(): Promise<Jose> {
  const jose: unknown = await import('jose').catch(() => {
    throw new AuthOptionsError([
      'trustedIssuers needs jose, which cannot be loaded. Remedy: npm install jose.',
    ]);
  });
  return jose as Jose;
}
