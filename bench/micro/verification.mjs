import { createHmac, timingSafeEqual, verify } from 'node:crypto';

import { AuthGuard, ResolvedAuthOptions, TokenService } from 'nestjs-gatehouse';

import { JWT_OPTIONS, withTokens } from '../variants/gatehouse.mjs';
import { contextOf, startGatehouse } from './contexts.mjs';
import { ratio, timeTogether } from './time.mjs';

/** A token that is not remembered, beside the least that any verification does: the signature and `JSON.parse`. */
export async function measure() {
  const rows = [];
  for (const [algorithm, options] of Object.entries(JWT_OPTIONS)) {
    const app = await startGatehouse({ jwt: options(), identityCache: false });
    const guard = app.get(AuthGuard);
    const tokenService = app.get(TokenService);
    const { credentials } = withTokens(app);
    const contexts = credentials.map(contextOf);
    const tokens = credentials.map(({ authorization }) => authorization.slice('Bearer '.length));
    const bareVerify = bare(algorithm, app.get(ResolvedAuthOptions).jwt.keys[0].verificationKey);
    const at = (i) => i % tokens.length;

    const [least, service, whole] = await timeTogether([
      [`${algorithm}: bare crypto and JSON.parse`, (i) => bareVerify(tokens[at(i)])],
      [`${algorithm}: TokenService.verifyAccessToken`, (i) => tokenService.verifyAccessToken(tokens[at(i)])],
      [`${algorithm}: the whole guard, cache off`, (i) => guard.canActivate(contexts[at(i)])],
    ]);
    rows.push(
      least,
      service,
      whole,
      ratio(`${algorithm}: bare, as a share of verifyAccessToken`, least, service),
      ratio(`${algorithm}: bare, as a share of the whole guard`, least, whole),
    );
    await app.close();
  }
  return rows;
}

function bare(algorithm, key) {
  const isSigned =
    algorithm === 'HS256'
      ? (input, signature) => timingSafeEqual(createHmac('sha256', key).update(input).digest(), signature)
      : (input, signature) =>
          verify('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }, signature);
  return (token) => {
    const [first, last] = [token.indexOf('.'), token.lastIndexOf('.')];
    if (!isSigned(token.slice(0, last), Buffer.from(token.slice(last + 1), 'base64url')))
      throw new Error('signature');
    return JSON.parse(Buffer.from(token.slice(first + 1, last), 'base64url').toString());
  };
}
