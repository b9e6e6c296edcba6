import { createVerifier } from 'fast-jwt';

import { SECRET } from '../harness/tokens.mjs';
import { withTokenGuard } from './token-guard.mjs';

export const variants = [
  {
    id: 'fast-jwt',
    title: 'a guard with fast-jwt and its cache',
    group: 'peers',
    start: withTokenGuard(createVerifier({ key: SECRET, algorithms: ['HS256'], cache: true })),
  },
];
