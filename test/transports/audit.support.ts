import type { INestApplicationContext } from '@nestjs/common';
import { RouteAudit } from 'nestjs-gatehouse';

/** The table of the route audit, one line a row. */
export function tableOf({ app }: { readonly app: INestApplicationContext }): string[] {
  const routes = app.get(RouteAudit).routes();
  return routes.map(({ transport, method, path, handler, access }) =>
    [access, transport, method, path, handler].join(' '),
  );
}
