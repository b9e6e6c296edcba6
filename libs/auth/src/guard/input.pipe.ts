import { BadRequestException, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

/** An answer must not be many times as large as the request that it is for. */
const MAX_PROBLEMS = 20;
const MAX_NAME = 100;

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
  const problems = result.error.issues
    .slice(0, MAX_PROBLEMS)
    .flatMap(({ path, message, ...issue }) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `${JSON.stringify(key.slice(0, MAX_NAME))} is no field of it`)
        : [`${path.join('.').slice(0, MAX_NAME) || 'the input'} ${message}`],
    );
  throw new BadRequestException(problems.slice(0, MAX_PROBLEMS));
}
