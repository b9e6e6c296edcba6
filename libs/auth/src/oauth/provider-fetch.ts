import { isInward, webAddress } from '../options/web-address.js';
import { ProviderUnavailable } from './provider-profile.js';

/** Milliseconds that one request may take. */
const TIMEOUT = 2_000;
/** Milliseconds for all the requests of one step. */
const DEADLINE = 2_500;
/** Bytes, after whatever compression there is. */
const MAX_LENGTH = 2 ** 20;
/** Statuses whose answers have no body. */
const WITHOUT_BODY = [204, 205, 304];

/** `fetch`, as it is handed to the library. */
export type ProviderFetch = (address: string, options?: RequestInit) => Promise<Response>;

/**
 * Fetches from one provider: `https` alone (on loopback `http`, for a provider that is there itself), no redirects, no
 * more than 1 MiB, and no longer than 2 seconds.
 *
 * @param issuer from the options.
 * @returns a function that throws {@link ProviderUnavailable} when there is no answer that the provider stands by.
 */
export function providerFetch(issuer: string): ProviderFetch {
  const isLocal = isInward(new URL(issuer).hostname);
  return async (address, options) => {
    const url = webAddress(address);
    if (url === undefined || (isInward(url.hostname) && !isLocal))
      throw new ProviderUnavailable('the metadata has an address that is not asked');
    try {
      const response = await fetch(url, {
        ...options,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT),
      });
      const body = await readAll(response);
      if (response.status >= 500 || response.status === 429)
        throw new ProviderUnavailable(`it answers ${response.status}`);
      const { status, headers } = response;
      return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers });
    } catch (cause) {
      throw cause instanceof ProviderUnavailable
        ? cause
        : new ProviderUnavailable('it does not answer', { cause });
    }
  };
}

/** @throws ProviderUnavailable when the answer takes longer than 2.5 seconds, however many requests it needs. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ProviderUnavailable('it takes too long')), DEADLINE);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Is that what is behind an error of the library? */
export function isUnavailable(error: unknown): boolean {
  return error instanceof ProviderUnavailable || (error instanceof Error && isUnavailable(error.cause));
}

async function readAll({ body }: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_LENGTH) throw new ProviderUnavailable('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
