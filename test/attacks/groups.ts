import { algorithms, ownKeys } from './algorithms.attacks.js';
import { apiKeys } from './api-keys.attacks.js';
import type { AttackGroup } from './attack.js';
import { bodies } from './bodies.attacks.js';
import { wrongClaims } from './claims.attacks.js';
import { doubledHeaders } from './doubled-headers.attacks.js';
import { elsewhere } from './elsewhere.attacks.js';
import { encodings } from './encodings.attacks.js';
import { headerBytes } from './header-bytes.attacks.js';
import { headerMembers } from './header-members.attacks.js';
import { spoiltClaims, spoiltHeaders } from './json.attacks.js';
import { foreignKeys, keyConfusion } from './key-confusion.attacks.js';
import { framing, methods } from './methods.attacks.js';
import { paths } from './paths.attacks.js';
import { permissions } from './permissions.attacks.js';
import { published } from './published.attacks.js';
import { resources } from './resources.attacks.js';
import { schemes } from './schemes.attacks.js';
import { secrets, signatures, tampering } from './secrets.attacks.js';

/** The whole table. */
export const GROUPS: readonly AttackGroup[] = [
  algorithms,
  ownKeys,
  secrets,
  signatures,
  tampering,
  ...keyConfusion,
  ...foreignKeys,
  published,
  headerMembers,
  wrongClaims,
  encodings,
  spoiltHeaders,
  spoiltClaims,
  schemes,
  headerBytes,
  doubledHeaders,
  elsewhere,
  paths,
  methods,
  framing,
  bodies,
  apiKeys,
  permissions,
  resources,
];
