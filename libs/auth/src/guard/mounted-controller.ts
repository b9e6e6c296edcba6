import { Controller, UseGuards, type Type } from '@nestjs/common';

import { AuthGuard } from './auth.guard.js';

/**
 * @param base decorated with `@Controller()`: without a decorator, nothing is known of its constructor's parameters.
 * @param isGuarded something else stands in front of it; otherwise it has a guard of its own.
 * @returns a controller like it, under a path that is known only when the module is made.
 */
export function mountedController<T extends object>(
  base: Type<T>,
  path: string,
  isGuarded: boolean,
): Type<T> {
  const mounted = { [base.name]: class extends (base as Type<object>) {} }[base.name]!;
  Controller(path)(mounted);
  if (!isGuarded) UseGuards(AuthGuard)(mounted);
  return mounted as Type<T>;
}
