import { Controller, type Type } from '@nestjs/common';

/**
 * @param base decorated with `@Controller()`: without a decorator, nothing is known of its constructor's parameters.
 * @returns a controller like it, under a path that is known only when the module is made.
 */
export function mountedController<T extends object>(base: Type<T>, path: string): Type<T> {
  const mounted = { [base.name]: class extends (base as Type<object>) {} }[base.name]!;
  Controller(path)(mounted);
  return mounted as Type<T>;
}
