import type { ExecutionContext } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';

import { AuthError } from '../errors.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { AccessPolicy, AccessPolicyType } from './access-policy.js';

/** The policies of an application's handlers, each looked up once among the providers of all modules. */
export class AccessPolicies {
  readonly #found = new Map<AccessPolicyType, AccessPolicy>();

  constructor(private readonly modules: ModuleRef) {}

  /** @returns why a policy cannot be asked, or undefined when it can. */
  whyUnusable(type: AccessPolicyType): string | undefined {
    let isStatic: boolean;
    try {
      // Scopes.DEFAULT is 0.
      isStatic = (this.modules.introspect(type as never).scope ?? 0) === 0;
    } catch {
      return `no module provides the policy ${type.name}: add it to the providers of one`;
    }
    if (!isStatic)
      return `the policy ${type.name} is made anew for each request, or needs what is: it finds the request in its context`;
    if (typeof (this.#instance(type) as Partial<AccessPolicy> | undefined)?.can !== 'function')
      return `what is provided as the policy ${type.name} has no method can()`;
    return undefined;
  }

  /**
   * Asks policies one after the other, until one refuses.
   *
   * @throws AuthError (as a rejection) `permission_denied` unless every one of them says true; `auth_unavailable` when one
   * throws or cannot be found.
   */
  async check(
    types: readonly AccessPolicyType[],
    identity: UserIdentity,
    context: ExecutionContext,
  ): Promise<void> {
    for (const type of types) {
      if ((await this.#verdict(type, identity, context)) !== true)
        throw new AuthError('permission_denied', `the policy ${type.name} refuses`, { caller: identity });
    }
  }

  /** What a policy says, which may be anything: not every application is written in TypeScript. */
  async #verdict(
    type: AccessPolicyType,
    identity: UserIdentity,
    context: ExecutionContext,
  ): Promise<unknown> {
    try {
      return await this.#instance(type).can(identity, context);
    } catch (cause) {
      // Not even an AuthError is taken for an answer: what a policy refuses, it refuses by its value.
      throw new AuthError('auth_unavailable', `the policy ${type.name} threw`, { cause });
    }
  }

  #instance(type: AccessPolicyType): AccessPolicy {
    let policy = this.#found.get(type);
    if (policy === undefined) {
      policy = this.modules.get<AccessPolicy>(type as never, { strict: false });
      this.#found.set(type, policy);
    }
    return policy;
  }
}
