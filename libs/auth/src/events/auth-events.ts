import { Logger } from '@nestjs/common';
import { Observable, Subscriber, type Observer, type Subscription } from 'rxjs';

import type { Clock } from '../clock.js';
import type { AuthErrorCode } from '../errors.js';
import type { IdentityProvider, UserIdentity } from '../identity/user-identity.js';

/** Who did something. */
export interface Actor {
  readonly userId: string;
  readonly orgId: string | undefined;
  readonly provider: IdentityProvider;
  /** `jti` or key id. */
  readonly credentialId: string;
}

/** Where a call came from. */
export interface Origin {
  /** Undefined when nobody was authenticated, or the application itself acted. */
  readonly actor?: Actor;
  /** The request's `X-Request-Id`, where it has a plain one. */
  readonly requestId?: string;
  readonly ip?: string;
}

/** What has happened; `type` tells the cases apart. No event holds a credential. */
export type AuthFact =
  | {
      readonly type: 'credential.refused';
      readonly code: AuthErrorCode;
      /** Why, in this package's own words. */
      readonly reason: string;
      /** `Class.method` of the handler that was asked for. */
      readonly target: string;
    }
  | {
      readonly type: 'permission.denied';
      /** Those that are lacking; none when it is a role that lacks, or a policy that refuses. */
      readonly permissions: readonly string[];
      /** Why, in this package's own words; of a policy with its class. */
      readonly reason: string;
      /** `Class.method` of the handler that was asked for; undefined when the handler itself refused. */
      readonly target: string | undefined;
    }
  | {
      readonly type: 'api-key.created' | 'api-key.updated' | 'api-key.revoked' | 'api-key.limited';
      /** The key's id. */
      readonly target: string;
    }
  | {
      readonly type: 'api-key.rotated';
      /** The old key's id. */
      readonly target: string;
      /** The new key's id. */
      readonly replacedBy: string;
    }
  | {
      readonly type: 'session.opened' | 'session.refreshed' | 'session.reused' | 'session.closed';
      /** The session's id. */
      readonly target: string;
      readonly userId: string;
    }
  | {
      readonly type: 'session.all-closed';
      /** The user's id. */
      readonly target: string;
    }
  | {
      readonly type: 'token.revoked';
      /** The token's `jti`. */
      readonly target: string;
    }
  | {
      readonly type:
        'signing-key.created' | 'signing-key.activated' | 'signing-key.retired' | 'signing-key.removed';
      /** The key's `kid`. */
      readonly target: string;
    }
  | {
      readonly type:
        | 'user.created'
        | 'user.updated'
        | 'user.disabled'
        | 'user.enabled'
        | 'user.deleted'
        | 'user.invited'
        | 'login.succeeded'
        | 'password.changed'
        | 'password.reset-requested'
        | 'email.verified'
        | 'setup.completed';
      /** The user's id. */
      readonly target: string;
    }
  | {
      readonly type: 'login.failed';
      /** The user's id; undefined when the address is nobody's. */
      readonly target: string | undefined;
      /** Why, in this package's own words. */
      readonly reason: string;
    }
  | {
      readonly type: 'provider.linked' | 'provider.unlinked';
      /** The user's id. */
      readonly target: string;
      /** Name of the login provider. */
      readonly loginProvider: string;
    }
  | {
      readonly type: 'login.limited';
      /** What has had too many attempts. */
      readonly target: 'account' | 'source';
    }
  | {
      readonly type: 'role.created' | 'role.updated' | 'role.deleted';
      /** The role's name. */
      readonly target: string;
      readonly orgId: string | undefined;
    }
  | {
      readonly type: 'role.assigned' | 'role.unassigned';
      /** The subject's id. */
      readonly target: string;
      readonly role: string;
    }
  | {
      readonly type: 'grant.added' | 'grant.removed';
      /** The subject's id. */
      readonly target: string;
      readonly grant: string;
    }
  | {
      readonly type:
        | 'client.created'
        | 'client.updated'
        | 'client.disabled'
        | 'client.enabled'
        | 'client.deleted'
        | 'client.secret-added'
        | 'client.authenticated';
      /** The client's id. */
      readonly target: string;
    }
  | {
      readonly type: 'client.refused';
      /** The client's id; undefined when it is nobody's. */
      readonly target: string | undefined;
      /** Why, in this package's own words. */
      readonly reason: string;
    }
  | {
      readonly type: 'client.limited';
      /** What has failed too often. */
      readonly target: 'client' | 'source';
    }
  | { readonly type: 'feed.stale' | 'feed.recovered' }
  | { readonly type: 'rate-limit.degraded' | 'rate-limit.recovered' }
  | {
      readonly type: 'audit.dropped';
      /** How many entries of the audit log were lost while its store was away. */
      readonly dropped: number;
    };

/** A fact with its time and origin. */
export type AuthEvent = AuthFact & Origin & { readonly time: Date };

type Listener = (event: AuthEvent) => unknown;

/**
 * Everything worth an audit log, as one stream: `events.subscribe((event) => …)`. Delivered synchronously, to whoever
 * is subscribed at that moment. A subscriber that throws or rejects is noted in the log and goes on hearing: whoever
 * sends a wrong token must not be able to end the process by it. Behind an operator (`pipe`) errors are RxJS's matter.
 */
export class AuthEvents extends Observable<AuthEvent> {
  readonly #logger = new Logger(AuthEvents.name);
  readonly #subscribers: Set<Subscriber<AuthEvent>>;

  constructor(private readonly clock: Clock) {
    const subscribers = new Set<Subscriber<AuthEvent>>();
    super((subscriber) => {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    });
    this.#subscribers = subscribers;
  }

  /** Is anybody subscribed? Who has to collect what an event says may ask first. */
  get isHeard(): boolean {
    return this.#subscribers.size > 0;
  }

  override subscribe(target?: Partial<Observer<AuthEvent>> | Listener | null): Subscription {
    if (target instanceof Subscriber || target == null) return super.subscribe(target ?? undefined);
    if (typeof target === 'function') return super.subscribe((event) => this.#hand(event, target));
    return super.subscribe({
      next: (event) => this.#hand(event, (one) => target.next?.(one)),
      error: (error) => target.error?.(error),
      complete: () => target.complete?.(),
    });
  }

  #hand(event: AuthEvent, listener: Listener): void {
    const failed = (error: unknown): void =>
      // The name alone: a message may quote what was to be written.
      this.#logger.error(`A subscriber failed: ${error instanceof Error ? error.name : typeof error}`);
    try {
      Promise.resolve(listener(event)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Tells every subscriber. */
  emit(fact: AuthFact, origin: Origin = {}): void {
    if (this.#subscribers.size === 0) return;
    const event: AuthEvent = Object.freeze({ ...fact, ...origin, time: new Date(this.clock.now()) });
    for (const subscriber of this.#subscribers) subscriber.next(event);
  }
}

/** What an event says of an identity. */
export function actorOf({ userId, orgId, provider, credentialId }: UserIdentity): Actor {
  return { userId, orgId, provider, credentialId };
}
