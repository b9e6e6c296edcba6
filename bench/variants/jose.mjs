import { jwtVerify } from 'jose';

import { SECRET } from '../harness/tokens.mjs';
import { withTokenGuard } from './token-guard.mjs';

const key = new TextEncoder().encode(SECRET);

export const variants = [
  {
    id: 'jose',
    title: 'a guard with jose',
    group: 'peers',
    start: withTokenGuard(async (token) => (await jwtVerify(token, key, { algorithms: ['HS256'] })).payload),
  },
];
