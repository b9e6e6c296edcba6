import { BadRequestException, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

/** Checks a body, a query or a parameter: 400 naming each field that is wrong or unknown, and never a value. */
export class InputPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(value: unknown): T {
    return readRequest(this.schema, value);
  }
}

/** @throws BadRequestException naming each field that is wrong or unknown, and never a value. */
export function readRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw new BadRequestException(
    result.error.issues.flatMap(({ path, message, ...issue }) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `${JSON.stringify(key)} is no field of it`)
        : [`${path.join('.') || 'the input'} ${message}`],
    ),
  );
}
