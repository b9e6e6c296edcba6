const SPEC = 'test/endpoints/callers.spec.ts';
const USERS = 'users/user.controller.ts';
const ROLES = 'roles/role.controller.ts';
const HOLDERS = 'roles/holder.controller.ts';
const ACCOUNT = 'users/account.controller.ts';
const LINKED = 'oauth/linked-account.controller.ts';
const CLIENTS = 'oauth/client.controller.ts';
const KEYS = 'api-keys/api-key.controller.ts';

/** The line of the route, the demand below it, and the endpoint that is open without it. */
const DEMANDS = [
  [USERS, "@Get('users')", "'user:read'", 'GET /auth/users'],
  [USERS, "@Post('users')", "'user:create'", 'POST /auth/users'],
  [USERS, "@Get('users/:id')", "'user:read'", 'GET /auth/users/:id'],
  [USERS, "@Patch('users/:id')", "'user:update'", 'PATCH /auth/users/:id'],
  [USERS, "@Delete('users/:id')", "'user:delete'", 'DELETE /auth/users/:id'],
  [USERS, "@Post('users/:id/disable')", "'user:update'", 'POST /auth/users/:id/disable'],
  [USERS, "@Post('users/:id/enable')", "'user:update'", 'POST /auth/users/:id/enable'],
  [USERS, "@Post('users/:id/logout')", "'user:update'", 'POST /auth/users/:id/logout'],
  [USERS, "@Post('users/:id/password-reset')", "'user:update'", 'POST /auth/users/:id/password-reset'],
  [USERS, "@Post('invitations')", "'user:create'", 'POST /auth/invitations'],
  [USERS, "@Post('users/:id/invitation')", "'user:create'", 'POST /auth/users/:id/invitation'],
  [ROLES, '@Get()', 'read', 'GET /auth/roles'],
  [ROLES, "@Get(':name')", 'read', 'GET /auth/roles/:name'],
  [HOLDERS, "@Put(':id/roles/:name')", 'assign', 'PUT /auth/users/:id/roles/:name'],
  [HOLDERS, "@Delete(':id/roles/:name')", 'assign', 'DELETE /auth/users/:id/roles/:name'],
  [HOLDERS, "@Put(':id/grants/:permission')", 'assign', 'PUT /auth/users/:id/grants/:permission'],
  [HOLDERS, "@Delete(':id/grants/:permission')", 'assign', 'DELETE /auth/users/:id/grants/:permission'],
];

/** The line above, the one below, and an endpoint that keys get to without the demand for a token between them. */
const SCHEMES = [
  [USERS, '', '\nexport class', 'GET /auth/users'],
  ['roles/permission.controller.ts', '', '\nexport class', 'GET /auth/permissions'],
  [ACCOUNT, "  @Patch('me')\n  ", '\n  async update', 'PATCH /auth/me'],
  [ACCOUNT, "  @Post('password')\n  ", '\n  @HttpCode(200)', 'POST /auth/password'],
  [LINKED, "  @Get('me/providers')\n  ", '\n  async list', 'GET /auth/me/providers'],
  [LINKED, "  @Post('me/providers/:provider')\n  ", '\n  @HttpCode', 'POST /auth/me/providers/:provider'],
  [
    LINKED,
    "  @Delete('me/providers/:provider/:id')\n  ",
    '\n  @HttpCode',
    'DELETE /auth/me/providers/:provider/:id',
  ],
];

const ANYBODY = '\n  @Public()\n  @HttpCode(200)';
const EXCHANGE = 'POST /auth/login/exchange';

/** The lines above `Cache-Control`, and an endpoint that hands out a credential. */
const UNSTORED = [
  ['users/login.controller.ts', `@Post('login')${ANYBODY}`, 'POST /auth/login'],
  ['sessions/session.controller.ts', `@Post('refresh')${ANYBODY}`, 'POST /auth/refresh'],
  [ACCOUNT, "@Post('password')\n  @AuthSchemes('jwt')\n  @HttpCode(200)", 'POST /auth/password'],
  [KEYS, '@Post()', 'POST /auth/api-keys'],
  [KEYS, "@Post(':id/rotate')", 'POST /auth/api-keys/:id/rotate'],
  [CLIENTS, '@Post()\n  @RequirePermissions(create)', 'POST /auth/clients'],
  [CLIENTS, "@Post(':id/secret')\n  @RequirePermissions(update)", 'POST /auth/clients/:id/secret'],
  ['oauth/token-endpoint.controller.ts', `@Post('token')${ANYBODY}`, 'POST /oauth/token'],
  ['oauth/login-provider.controller.ts', `@Post('login/exchange')${ANYBODY}`, EXCHANGE],
];

/** What the matrix of callers notices: a demand that is missing in front of one endpoint. */
export const ENDPOINT_MUTATIONS = [
  ...DEMANDS.map(([file, route, permission, endpoint]) => ({
    check: `permission for ${endpoint}`,
    file,
    search: `  ${route}\n  @RequirePermissions(${permission})\n`,
    replace: `  ${route}\n`,
    spec: SPEC,
    test: `${endpoint} another of the organisation, without the permission`,
  })),
  ...SCHEMES.map(([file, above, below, endpoint]) => ({
    check: `no key for ${endpoint}`,
    file,
    search: `${above}@AuthSchemes('jwt')${below}`,
    replace: `${above}${below.slice(1)}`,
    spec: SPEC,
    test: `${endpoint} a key of the organisation`,
  })),
  ...UNSTORED.map(([file, above, endpoint]) => ({
    check: `${endpoint}: its answer is not to be stored`,
    file,
    search: `  ${above}\n  @Header('Cache-Control', 'no-store')\n`,
    replace: `  ${above}\n`,
    spec: endpoint === EXCHANGE ? 'test/oauth/login.spec.ts' : SPEC,
    test: endpoint === EXCHANGE ? 'gives a session for a code once' : `${endpoint} hands out a credential`,
  })),
];
