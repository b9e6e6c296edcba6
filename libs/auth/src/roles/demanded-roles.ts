import { Injectable } from '@nestjs/common';

import { AccessRules } from '../guard/access-rule.js';
import { RouteTable } from '../guard/route-table.js';

/**
 * The roles that handlers of this application ask for (`@RequireRoles`, `@RequireAnyRole`). Whoever has one of them is let
 * in by its name, whatever it grants.
 */
@Injectable()
export class DemandedRoles {
  #names: ReadonlySet<string> | undefined;

  constructor(
    private readonly table: RouteTable,
    private readonly rules: AccessRules,
  ) {}

  /** Their names; complete once the application is initialised, and not to be asked for before. */
  get names(): ReadonlySet<string> {
    this.#names ??= new Set(
      this.table.find().flatMap(({ target, handler }) => {
        const { allRoles, anyRoles } = this.rules.of(target, handler);
        return [...allRoles, ...anyRoles.flat()];
      }),
    );
    return this.#names;
  }
}
