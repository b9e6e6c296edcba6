import { createSecretKey } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

import { startApp } from '../harness/app.mjs';
import { SECRET, bearer, peerTokens, tamper } from '../harness/tokens.mjs';

/** The recipe of Nest's documentation (Recipes, Passport), word for word but for the key. */
function recipe(secretOrKey) {
  class JwtStrategy extends PassportStrategy(Strategy) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        ignoreExpiration: false,
        secretOrKey,
      });
    }

    async validate(payload) {
      return { userId: payload.sub, username: payload.name };
    }
  }
  Injectable()(JwtStrategy);

  return async (platform) => {
    const tokens = peerTokens();
    return {
      app: await startApp(platform, { providers: [JwtStrategy], guard: AuthGuard('jwt') }),
      credentials: tokens.map(bearer),
      tampered: bearer(tamper(tokens[0])),
    };
  };
}

export const variants = [
  {
    id: 'passport-jwt',
    title: "Nest's passport-jwt recipe",
    group: 'peers',
    start: recipe(SECRET),
  },
  {
    id: 'passport-jwt-keyobject',
    title: "Nest's passport-jwt recipe, with a KeyObject",
    group: 'peers',
    start: recipe(createSecretKey(Buffer.from(SECRET))),
  },
];
