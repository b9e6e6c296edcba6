const SPEC = 'test/endpoints/callers.spec.ts';
const USERS = 'users/user.controller.ts';
const ROLES = 'roles/role.controller.ts';
const HOLDERS = 'roles/holder.controller.ts';
const ACCOUNT = 'users/account.controller.ts';

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
];
