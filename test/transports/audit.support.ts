import type { INestApplicationContext } from '@nestjs/common';
import { RouteAudit } from 'nestjs-gatehouse';

/** The table of the route audit beside HTTP, where the package's own endpoints are; one line a row. */
export function tableOf({ app }: { readonly app: INestApplicationContext }): string[] {
  const routes = app
    .get(RouteAudit)
    .routes()
    .filter(({ transport }) => transport !== 'http');
  return routes.map(({ transport, method, path, handler, access }) =>
    [access, transport, method, path, handler].join(' '),
  );
}
