import type { ExecutionContext } from '@nestjs/common';

import type { UserIdentity } from '../identity/user-identity.js';

/**
 * Decides about single resources, where permissions and roles say nothing: whose document is this? An injectable that
 * some module provides, put in front of handlers with `@CheckPolicy(DocumentPolicy)`.
 *
 * ```ts
 * @Injectable()
 * export class DocumentPolicy extends AccessPolicy {
 *   constructor(private readonly documents: DocumentService) { super(); }
 *
 *   async can(identity: UserIdentity, context: ExecutionContext): Promise<boolean> {
 *     const { params } = context.switchToHttp().getRequest<{ params: { id: string } }>();
 *     return (await this.documents.ownerOf(params.id)) === identity.userId;
 *   }
 * }
 * ```
 */
export abstract class AccessPolicy {
  /**
   * May this caller do this? Asked after permissions and roles, before pipes and handler.
   *
   * @param context the call: with HTTP its request, as routed; with GraphQL, WebSocket and RPC what Nest has there.
   * @returns true, and nothing else, lets the call pass; anything else is 403 `permission_denied`. Whatever it throws is
   * 503 `auth_unavailable`.
   */
  abstract can(identity: UserIdentity, context: ExecutionContext): boolean | Promise<boolean>;
}

/** The class of a policy, which is its injection token as well; it may be abstract. */
export type AccessPolicyType = abstract new (...args: never[]) => AccessPolicy;
