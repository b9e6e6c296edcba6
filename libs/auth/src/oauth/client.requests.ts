import { z } from 'zod';

import { idText, pageLimit } from '../input.fields.js';
import type { clientInputSchemas } from './client.input.js';
import type { Client } from './client.view.js';

/** Which page of which services. */
export const ClientPageQuery = z.strictObject({
  limit: pageLimit,
  /** The last `clientId` of the page before. */
  after: idText.optional(),
  /** Of callers who belong to no organisation, and see all of them. */
  orgId: idText.optional(),
});
export type ClientPageQuery = z.infer<typeof ClientPageQuery>;

/** One page of services. */
export interface ClientPage {
  readonly clients: readonly Client[];
  /** `after` of the next page; absent when there is none. */
  readonly next: string | undefined;
}

/** Bodies of the endpoints. The services of callers who belong to an organisation are of it. */
export function clientBodySchemas({ create, update, rotation }: ReturnType<typeof clientInputSchemas>) {
  return { create, createWithin: create.omit({ orgId: true }), update, rotation };
}
