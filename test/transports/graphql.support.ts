import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';

import { boot, type Booted, type BootOptions, type Platform } from '../support/platforms.js';
import { NotesResolver } from './notes.resolver.js';

export interface GraphqlSetup {
  readonly name: string;
  readonly platform: Platform;
  /** @param fields the enhancers of field resolvers. */
  readonly graphql: (fields: 'guards'[]) => DynamicModule;
}

const apollo = (fields: 'guards'[]) =>
  GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    autoSchemaFile: true,
    fieldResolverEnhancers: fields,
    subscriptions: { 'graphql-ws': true },
    // As outside production and tests, so that an answer with a stack in it would be seen.
    includeStacktraceInErrorResponses: true,
  });

const mercurius = (fields: 'guards'[]) =>
  GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    autoSchemaFile: true,
    fieldResolverEnhancers: fields,
    subscription: true,
  });

export const GRAPHQL_SETUPS: readonly GraphqlSetup[] = [
  { name: 'Apollo on Express', platform: 'express', graphql: apollo },
  { name: 'Apollo on Fastify', platform: 'fastify', graphql: apollo },
  { name: 'Mercurius on Fastify', platform: 'fastify', graphql: mercurius },
];

/** Boots the notes behind the gate. */
export function bootNotes(
  { platform, graphql }: GraphqlSetup,
  options: BootOptions = {},
  fields: 'guards'[] = ['guards'],
): Promise<Booted> {
  return boot(platform, {
    ...options,
    imports: [graphql(fields), ...(options.imports ?? [])],
    providers: [NotesResolver, ...(options.providers ?? [])],
  });
}

export interface GraphqlError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface GraphqlAnswer {
  readonly status: number;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors: readonly GraphqlError[];
}

/** One operation over HTTP. */
export async function query(
  { url }: Booted,
  source: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: source }),
  });
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text) as Partial<GraphqlAnswer>;
  return { status: response.status, text, data, errors };
}
