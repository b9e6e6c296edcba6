import { parseJsonObject } from '../tokens/json-object.js';

/** Milliseconds for everything that has to be fetched to answer one question. */
const TIMEOUT = 2_000;
/** Bytes, after whatever compression there is: a set of 1,000 keys has half of it. */
const MAX_LENGTH = 2 ** 20;

/** Ends what takes too long: one for each question, however many fetches it needs. */
export function fetchDeadline(): AbortSignal {
  return AbortSignal.timeout(TIMEOUT);
}

/** A form that is sent; without one, the document is only read. */
export interface SentForm {
  readonly body: URLSearchParams;
  readonly authorization: string;
}

/**
 * Fetches a JSON object from an issuer. Follows no redirect, and reads no more than 1 MiB.
 *
 * @param address from the options, or from the metadata of an issuer; never from a token.
 * @returns undefined when the answer is not 200 or no JSON object.
 * @throws Error when there is no answer in time, or too long a one.
 */
export async function fetchJsonObject(
  address: string,
  signal: AbortSignal,
  form?: SentForm,
): Promise<Record<string, unknown> | undefined> {
  const response = await fetch(address, {
    signal,
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      ...(form && { authorization: form.authorization }),
    },
    ...(form && { method: 'POST', body: form.body }),
  });
  if (response.status === 200 && response.body !== null) return parseJsonObject(await readAll(response.body));
  await response.body?.cancel();
  return undefined;
}

/** An exception in the loop cancels what was not read yet. */
async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_LENGTH) throw new Error('The answer of an issuer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
