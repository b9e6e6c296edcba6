import { UnauthorizedException } from '@nestjs/common';

import { startApp } from '../harness/app.mjs';
import { bearer, peerTokens, tamper } from '../harness/tokens.mjs';

/**
 * The guard of Nest's documentation (Security, Authentication) with any way to verify a token.
 *
 * @param {(token: string, request: object) => unknown} verify gives the payload, or throws.
 */
export function tokenGuard(verify) {
  return {
    async canActivate(context) {
      const request = context.switchToHttp().getRequest();
      const [type, token] = request.headers.authorization?.split(' ') ?? [];
      if (type !== 'Bearer' || !token) throw new UnauthorizedException();
      try {
        request.user = await verify(token, request);
      } catch {
        throw new UnauthorizedException();
      }
      return true;
    },
  };
}

/** A variant whose only guard is {@link tokenGuard}. */
export function withTokenGuard(verify, parts = {}) {
  return async (platform) => {
    const tokens = peerTokens();
    return {
      app: await startApp(platform, { guard: tokenGuard(verify), ...parts }),
      credentials: tokens.map(bearer),
      tampered: bearer(tamper(tokens[0])),
    };
  };
}
