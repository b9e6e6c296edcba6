import { JwtService } from '@nestjs/jwt';

import { SECRET } from '../harness/tokens.mjs';
import { withTokenGuard } from './token-guard.mjs';

const jwt = new JwtService({ secret: SECRET });

export const variants = [
  {
    id: 'jwt-service',
    title: 'a guard with JwtService.verifyAsync',
    group: 'peers',
    start: withTokenGuard((token) => jwt.verifyAsync(token)),
  },
];
