import { z } from 'zod';

import { isTooDeep, MAX_METADATA_DEPTH } from './depth.js';

/** zod's own `z.json()` has no text of its own for what it refuses. */
const jsonValue: z.ZodType<unknown> = z.lazy(() =>
  z.union(
    [z.string(), z.number(), z.boolean(), z.null(), z.array(jsonValue), z.record(z.string(), jsonValue)],
    'is no JSON value',
  ),
);

/** Metadata: a plain JSON object, copied. */
export const metadataSchema = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => !isTooDeep(value),
    `has more than ${MAX_METADATA_DEPTH} levels`,
  )
  .pipe(z.record(z.string(), jsonValue, 'is no plain JSON object'));
