/** What a request presents, and how. */
export interface CallOptions {
  readonly method?: string;
  /** Goes into `Authorization: Bearer`. */
  readonly token?: string;
  /** Goes into `X-API-Key`. */
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a URLSearchParams as a form. */
  readonly body?: unknown;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, text otherwise. */
  readonly body: unknown;
}

/** A plain request with a credential, or two, or none. A redirect is an answer. */
export async function call(url: string, options: CallOptions = {}): Promise<CallAnswer> {
  const { method = 'GET', token, apiKey, headers, body } = options;
  const isJsonBody = body !== undefined && !(body instanceof URLSearchParams);
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(apiKey !== undefined && { 'x-api-key': apiKey }),
      ...(isJsonBody && { 'content-type': 'application/json' }),
      ...headers,
    },
    redirect: 'manual',
    body: isJsonBody ? JSON.stringify(body) : (body as URLSearchParams | undefined),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** The status alone. */
export async function statusOf(url: string, options: CallOptions = {}): Promise<number> {
  return (await call(url, options)).status;
}
