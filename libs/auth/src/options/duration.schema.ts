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

/** One second or more, in whole seconds. */
export const lifetime = duration.refine((seconds) => Number.isInteger(seconds) && seconds >= 1, {
  error: 'is not one second or more, in whole seconds. Give for example 900',
});
