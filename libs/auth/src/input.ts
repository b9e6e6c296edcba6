import type { z } from 'zod';

/**
 * Checks what an application handed to a service.
 *
 * @param what names the call in the message.
 * @returns the input, completed by the schema's defaults.
 * @throws TypeError with every problem at once, each with its field and never with the value.
 */
export function readInput<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message, ...issue }) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')} is no field of it`
      : `${path.join('.') || 'the input'} ${message}`,
  );
  throw new TypeError(`${what}: ${problems.join('; ')}`);
}
