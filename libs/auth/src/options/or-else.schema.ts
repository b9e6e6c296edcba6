import { z } from 'zod';

/** `false` or an object. A union would speak of the whole where one part of the object is wrong. */
export function orFalse<T>(schema: z.ZodType<T>) {
  return orElse(false, schema);
}

/** `true` for an object without anything, `false`, or an object. Default `false`. */
export function orSwitch<T>(schema: z.ZodType<T>) {
  return z.preprocess((value) => (value === true ? {} : value), orFalse(schema)).default(false);
}

/** One value, or what a schema says. */
export function orElse<T, V extends false | string>(other: V, schema: z.ZodType<T>) {
  return z.unknown().transform((value, context): T | V => {
    if (value === other) return other;
    const result = schema.safeParse(value);
    for (const issue of result.error?.issues ?? []) context.addIssue({ ...issue });
    return result.success ? result.data : z.NEVER;
  });
}
