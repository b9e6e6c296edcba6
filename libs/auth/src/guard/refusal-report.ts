import { Injectable, Logger, type ExecutionContext, type OnApplicationShutdown } from '@nestjs/common';

import { AuthError } from '../errors.js';
import { actorOf, AuthEvents } from '../events/auth-events.js';
import { originOf } from './call-origin.decorator.js';
import { OutageLog } from './outage-log.js';

/** Says of each refusal why: to the log, and as an event. */
@Injectable()
export class RefusalReport implements OnApplicationShutdown {
  readonly #logger = new Logger('AuthGuard');
  readonly #outages = new OutageLog('AuthGuard');

  constructor(private readonly events: AuthEvents) {}

  /** The guard lets a call not pass. */
  refused(refusal: AuthError, context: ExecutionContext): void {
    const { code, reason, permissions, caller } = refusal;
    const line = `${code}: ${reason}${causeOf(refusal)}`;
    if (code === 'auth_unavailable') this.#outages.error(line);
    else this.#logger.debug(line);
    if (!this.events.isHeard) return;
    const target = `${context.getClass().name}.${context.getHandler().name}`;
    const origin = { ...originOf(context), actor: caller && actorOf(caller) };
    if (code === 'permission_denied')
      this.events.emit({ type: 'permission.denied', permissions, reason, target }, origin);
    else if (code === 'credentials_invalid' || code === 'token_expired' || code === 'request_malformed')
      this.events.emit({ type: 'credential.refused', code, reason, target }, origin);
  }

  onApplicationShutdown(): void {
    this.#outages.flush();
  }

  /** A handler refuses itself, after its caller was let in. */
  refusedByHandler({ code, reason, permissions, caller }: AuthError): void {
    if (code !== 'permission_denied') return;
    const actor = caller && actorOf(caller);
    this.events.emit({ type: 'permission.denied', permissions, reason, target: undefined }, { actor });
  }
}

/** A name or code and nothing else: a library's message may quote what it was given. */
function causeOf({ cause }: AuthError): string {
  if (!(cause instanceof Error)) return '';
  const { code } = cause as NodeJS.ErrnoException;
  return ` (${typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : cause.name.replace(/\W/g, '')})`;
}
