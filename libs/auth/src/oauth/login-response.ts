import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** What the answers of this room need of a request, on Express and Fastify alike. */
export interface BrowserRequest {
  readonly method: string;
  readonly url: string;
  readonly originalUrl?: string;
  readonly headers: { readonly cookie?: string };
}

/** The query of a request as it was received, without the question mark. */
export function queryOf({ originalUrl, url }: BrowserRequest): string {
  const sent = originalUrl ?? url;
  const at = sent.indexOf('?');
  return at === -1 ? '' : sent.slice(at + 1);
}

/** The only value of a parameter; undefined when it is missing or there are more. */
export function onlyParameter(query: string, name: string): string | undefined {
  const values = new URLSearchParams(query).getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

/** Answers a browser that is on its way between an application and a provider. */
@Injectable()
export class LoginResponse {
  constructor(private readonly host: HttpAdapterHost) {}

  /** Before anything else: also what fails is neither kept nor told on by the browser. */
  protect(response: unknown): void {
    this.#set(response, 'Cache-Control', 'no-store');
    this.#set(response, 'Referrer-Policy', 'no-referrer');
  }

  /** @param cookies values of `Set-Cookie`; those that the application sets itself stay beside them. */
  setCookies(response: unknown, cookies: readonly string[]): void {
    for (const cookie of cookies) this.host.httpAdapter.appendHeader(response, 'Set-Cookie', cookie);
  }

  /** Without a body: an address with a code in it stands in the header alone. */
  redirect(response: unknown, url: string): void {
    this.#set(response, 'Location', url);
    this.host.httpAdapter.reply(response, '', 302);
  }

  /** @param text a constant. */
  refuse(response: unknown, status: number, text: string): void {
    this.#set(response, 'Content-Type', 'text/plain; charset=utf-8');
    this.#set(response, 'X-Content-Type-Options', 'nosniff');
    this.#set(response, 'Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    this.host.httpAdapter.reply(response, text, status);
  }

  #set(response: unknown, name: string, value: string): void {
    this.host.httpAdapter.setHeader(response, name, value);
  }
}
