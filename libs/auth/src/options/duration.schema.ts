import { z } from 'zod';

import { parseDuration } from './duration.js';

/** A length of time, in seconds. */
export const duration = z
  .union([z.number(), z.string()], { error: "is not a duration. Give seconds, or text such as '15m'" })
  .transform((value, context) => {
    const seconds = parseDuration(value);
    if (seconds !== undefined && seconds >= 0) return seconds;
    context.addIssue({ code: 'custom', message: "is not a duration. Give seconds, or text such as '15m'" });
    return z.NEVER;
  });

const MAX_OVERLAP = 90 * 86_400;

/** How long what is replaced is still good beside what takes its place: 90 days at most, 24 hours by default; in seconds. */
export const overlap = z
  .union([z.number(), z.string()], 'is not a duration')
  .default(86_400)
  .transform((value) => parseDuration(value) ?? Number.NaN)
  .refine(
    (seconds) => seconds >= 0 && seconds <= MAX_OVERLAP,
    "is not 0 to 90 days, as seconds or as text such as '7d'",
  );

/** One second or more, in whole seconds. */
export const lifetime = duration.refine((seconds) => Number.isInteger(seconds) && seconds >= 1, {
  error: 'is not one second or more, in whole seconds. Give for example 900',
});
