import { describe, expect, it } from '@jest/globals';
import { applyDecorators, type Type } from '@nestjs/common';

import type { PermissionName } from '../identity/permission.js';
import { UserIdentity } from '../identity/user-identity.js';
import { AccessPolicy } from './access-policy.js';
import {
  AuthSchemes,
  CheckPolicy,
  OptionalAuth,
  Public,
  RequireAnyPermission,
  RequireAnyRole,
  RequireAuth,
  RequirePermissions,
  RequireRoles,
  RequireService,
} from './access.decorators.js';
import {
  AccessRules,
  compileAccessRule,
  denialOf,
  missingPermissions,
  type AccessRule,
} from './access-rule.js';

type Decorator = ClassDecorator & MethodDecorator;

class OwnerPolicy extends AccessPolicy {
  override can(): boolean {
    return true;
  }
}
abstract class HoursPolicy extends AccessPolicy {}

/** The rule of a method, with these decorators on its class and on itself. */
function ruleOf(ofClass: Decorator[], ofMethod: Decorator[]): AccessRule {
  @applyDecorators(...ofClass)
  class Controller {
    @applyDecorators(...ofMethod)
    handle(this: void): void {}
  }
  return compileAccessRule(Controller, Controller.prototype.handle);
}

const UNDECORATED = {
  access: 'required',
  isDecorated: false,
  allOf: [],
  anyOf: [],
  allRoles: [],
  anyRoles: [],
  policies: [],
  isForServices: false,
  schemes: undefined,
  contradictions: [],
};

describe('compileAccessRule', () => {
  it.each<[string, Decorator[], Decorator[], Partial<AccessRule>]>([
    ['nothing', [], [], {}],
    ['@Public on the method', [], [Public()], { access: 'public' }],
    ['@Public on the class', [Public()], [], { access: 'public' }],
    ['@OptionalAuth on the method', [], [OptionalAuth()], { access: 'optional' }],
    ['@OptionalAuth on the class', [OptionalAuth()], [], { access: 'optional' }],
    ['the method over the class', [OptionalAuth()], [Public()], { access: 'public' }],
    ['the method over the class, the other way', [Public()], [OptionalAuth()], { access: 'optional' }],
    ['@Public twice', [Public()], [Public(), Public()], { access: 'public' }],
    ['a permission', [], [RequirePermissions('session:read')], { allOf: ['session:read'] }],
    ['a permission of the class', [RequirePermissions('session:read')], [], { allOf: ['session:read'] }],
    [
      'permissions of both, each once',
      [RequirePermissions('session:read', 'admin:read')],
      [RequirePermissions('session:create'), RequirePermissions('session:read', 'memory:read')],
      { allOf: ['session:read', 'admin:read', 'session:create', 'memory:read'] },
    ],
    [
      'any of several, of both',
      [RequireAnyPermission('admin:read', 'admin:write')],
      [RequireAnyPermission('session:read')],
      { anyOf: [['admin:read', 'admin:write'], ['session:read']] },
    ],
    ['@RequireAuth on the method', [], [RequireAuth()], {}],
    ['@RequireAuth on the method of a class with @Public', [Public()], [RequireAuth()], {}],
    ['@Public on the method of a class with @RequireAuth', [RequireAuth()], [Public()], { access: 'public' }],
    [
      '@RequireAuth and a permission',
      [RequireAuth()],
      [RequirePermissions('admin:read')],
      { allOf: ['admin:read'] },
    ],
    [
      'all and any',
      [RequirePermissions('admin:read')],
      [RequireAnyPermission('session:read', 'session:list')],
      { allOf: ['admin:read'], anyOf: [['session:read', 'session:list']] },
    ],
    ['a role', [], [RequireRoles('editor')], { allRoles: ['editor'] }],
    [
      'roles of both, each once',
      [RequireRoles('editor'), RequireAnyRole('a', 'b')],
      [RequireRoles('editor', 'reviewer'), RequireAnyRole('c')],
      { allRoles: ['editor', 'reviewer'], anyRoles: [['a', 'b'], ['c']] },
    ],
    [
      'policies of both, each once, those of the class first',
      [CheckPolicy(OwnerPolicy)],
      [CheckPolicy(HoursPolicy, OwnerPolicy)],
      { policies: [OwnerPolicy, HoursPolicy] },
    ],
    ['@RequireAuth and a role', [RequireAuth()], [RequireRoles('editor')], { allRoles: ['editor'] }],
    ['@RequireAuth and a policy', [RequireAuth()], [CheckPolicy(OwnerPolicy)], { policies: [OwnerPolicy] }],
    [
      'a role and a scheme that carries it, beside one that does not',
      [AuthSchemes('api-key', 'jwt')],
      [RequireRoles('editor')],
      { allRoles: ['editor'], schemes: ['api-key', 'jwt'] },
    ],
    ['a service', [], [RequireService()], { isForServices: true }],
    [
      'a service, of the class, and a permission',
      [RequireService(), RequireAuth()],
      [RequirePermissions('session:read')],
      { isForServices: true, allOf: ['session:read'] },
    ],
    ['a scheme', [], [AuthSchemes('api-key')], { schemes: ['api-key'] }],
    ['a scheme of the class', [AuthSchemes('jwt')], [], { schemes: ['jwt'] }],
    [
      "the method's schemes in the place of the class's",
      [AuthSchemes('jwt')],
      [AuthSchemes('api-key', 'jwt')],
      { schemes: ['api-key', 'jwt'] },
    ],
    [
      'a scheme, optionally',
      [OptionalAuth()],
      [AuthSchemes('jwt')],
      { access: 'optional', schemes: ['jwt'] },
    ],
  ])('%s', (_name, ofClass, ofMethod, expected) => {
    const rule = ruleOf(ofClass, ofMethod);
    expect(rule).toEqual({ ...UNDECORATED, isDecorated: ofClass.length + ofMethod.length > 0, ...expected });
    expect(Object.isFrozen(rule)).toBe(true);
  });

  const permission = RequirePermissions('session:read');
  const any = RequireAnyPermission('session:read');
  it.each<[string, Decorator[], Decorator[]]>([
    ['@Public() together with a permission requirement', [], [Public(), permission]],
    ['@Public() together with a permission requirement', [Public()], [permission]],
    ['@Public() together with a permission requirement', [permission], [Public()]],
    ['@Public() together with a permission requirement', [Public(), any], []],
    ['@Public() together with a permission requirement', [OptionalAuth(), any], [Public()]],
    ['@OptionalAuth() together with a permission requirement', [], [OptionalAuth(), permission]],
    ['@OptionalAuth() together with a permission requirement', [OptionalAuth()], [any]],
    ['@OptionalAuth() together with a permission requirement', [any], [OptionalAuth()]],
    ['@Public() together with a role requirement', [Public()], [RequireRoles('editor')]],
    ['@Public() together with a role requirement', [RequireAnyRole('editor')], [Public()]],
    ['@OptionalAuth() together with a role requirement', [], [OptionalAuth(), RequireAnyRole('editor')]],
    ['@Public() together with @CheckPolicy()', [CheckPolicy(OwnerPolicy)], [Public()]],
    ['@OptionalAuth() together with @CheckPolicy()', [OptionalAuth()], [CheckPolicy(OwnerPolicy)]],
    [
      "@AuthSchemes('api-key') together with a role requirement: API keys carry no roles",
      [AuthSchemes('api-key')],
      [RequireRoles('editor')],
    ],
    [
      "@AuthSchemes('api-key') together with a role requirement: API keys carry no roles",
      [RequireAnyRole('editor')],
      [AuthSchemes('api-key')],
    ],
    ['@Public() together with @RequireService()', [Public()], [RequireService()]],
    ['@Public() together with @RequireService()', [RequireService()], [Public()]],
    ['@OptionalAuth() together with @RequireService()', [], [OptionalAuth(), RequireService()]],
    [
      "@AuthSchemes('api-key') together with @RequireService(): API keys are no services",
      [RequireService()],
      [AuthSchemes('api-key')],
    ],
    ['@Public() together with @OptionalAuth()', [], [Public(), OptionalAuth()]],
    ['@Public() together with @OptionalAuth()', [OptionalAuth(), Public()], []],
    ['@Public() together with @RequireAuth()', [], [Public(), RequireAuth()]],
    ['@OptionalAuth() together with @RequireAuth()', [RequireAuth(), OptionalAuth()], []],
    [
      '@Public() together with @OptionalAuth() together with @RequireAuth()',
      [],
      [RequireAuth(), OptionalAuth(), Public()],
    ],
    ['@Public() together with @AuthSchemes()', [], [Public(), AuthSchemes('jwt')]],
    ['@Public() together with @AuthSchemes()', [AuthSchemes('jwt')], [Public()]],
  ])('finds %s, and closes the handler', (contradiction, ofClass, ofMethod) => {
    const rule = ruleOf(ofClass, ofMethod);
    expect(rule.contradictions).toEqual([contradiction]);
    expect(rule.access).toBe('required');
  });

  it('finds every contradiction of a handler', () => {
    const rule = ruleOf([RequirePermissions('admin:read')], [Public(), OptionalAuth(), AuthSchemes('jwt')]);
    expect(rule.contradictions).toHaveLength(3);
  });

  it('reads the decorators of a class above, which stays as it is', () => {
    @RequirePermissions('admin:read')
    abstract class Base {
      @RequirePermissions('session:read')
      inherited(this: void): void {}
      @RequirePermissions('session:read')
      replaced(this: void): void {}
    }
    @RequirePermissions('admin:write')
    class Controller extends Base {
      override replaced(this: void): void {}
    }
    const { inherited, replaced } = Controller.prototype;
    expect(compileAccessRule(Controller, inherited).allOf).toEqual([
      'admin:read',
      'admin:write',
      'session:read',
    ]);
    expect(compileAccessRule(Controller, replaced).allOf).toEqual(['admin:read', 'admin:write']);
    expect(compileAccessRule(Base as Type, inherited).allOf).toEqual(['admin:read', 'session:read']);
  });

  it('reads decorators that others are composed of', () => {
    const AdminOnly = (): Decorator =>
      applyDecorators(RequirePermissions('admin:read'), AuthSchemes('jwt')) as Decorator;
    expect(ruleOf([], [AdminOnly(), RequirePermissions('session:read')])).toMatchObject({
      allOf: expect.arrayContaining(['admin:read', 'session:read']),
      schemes: ['jwt'],
    });
  });
});

describe('decorators with arguments', () => {
  it.each([
    ['@RequirePermissions()', RequirePermissions],
    ['@RequireAnyPermission()', RequireAnyPermission],
    ['@RequireRoles()', RequireRoles],
    ['@RequireAnyRole()', RequireAnyRole],
    ['@CheckPolicy()', CheckPolicy],
    ['@AuthSchemes()', AuthSchemes],
  ])('%s needs at least one', (name, decorator) => {
    expect(() => (decorator as () => unknown)()).toThrow(
      new TypeError(`${name} needs at least one argument`),
    );
  });
});

describe('@CheckPolicy()', () => {
  it.each([undefined, null, 'OwnerPolicy', { can: () => true }])('takes nothing but classes: %p', (given) => {
    expect(() => CheckPolicy(OwnerPolicy, given as never)).toThrow(TypeError);
  });
});

describe('denialOf', () => {
  const denied = (rule: Partial<AccessRule>, roles: string[], permissions: string[] = []) => {
    const identity = new UserIdentity({ userId: 'ada', credentialId: 'c', permissions, roles });
    const denial = denialOf({ ...(UNDECORATED as unknown as AccessRule), ...rule }, identity);
    if (denial !== undefined) expect(denial.caller).toBe(identity);
    return denial && [denial.code, denial.reason, ...denial.permissions];
  };
  const ROLE_LACKS = ['permission_denied', 'role lacking'];

  it('is none where nothing is demanded, or everything is there', () => {
    expect(denied({}, [])).toBeUndefined();
    expect(denied({ allRoles: ['a', 'b'] }, ['b', 'c', 'a'])).toBeUndefined();
    expect(denied({ anyRoles: [['a', 'b'], ['c']] }, ['b', 'c'])).toBeUndefined();
  });

  it('is one where a role lacks of all, or of one list all of them', () => {
    expect(denied({ allRoles: ['a', 'b'] }, ['a'])).toEqual(ROLE_LACKS);
    expect(denied({ allRoles: ['a', 'b'] }, ['b'])).toEqual(ROLE_LACKS);
    expect(denied({ anyRoles: [['a', 'b'], ['c']] }, ['a', 'b'])).toEqual(ROLE_LACKS);
    expect(denied({ anyRoles: [['a', 'b'], ['c']] }, ['c'])).toEqual(ROLE_LACKS);
  });

  it('takes roles by their whole name', () => {
    for (const role of ['edit', 'editors', 'Editor', 'editor ', '*', 'editor:*', ''])
      expect(denied({ allRoles: ['editor'] }, [role])).toEqual(ROLE_LACKS);
  });

  it.each(['jwt', 'api_key', 'service'] as const)(
    'of a handler for services, for a caller by %s',
    (provider) => {
      const rule = { ...(UNDECORATED as unknown as AccessRule), isForServices: true };
      const of = (permissions: string[], allOf: PermissionName[] = []) =>
        denialOf(
          { ...rule, allOf },
          new UserIdentity({ userId: 'a', credentialId: 'c', permissions, provider }),
        )?.reason;
      expect(of(['*'])).toBe(provider === 'service' ? undefined : 'not a service');
      expect(of([], ['session:read'])).toBe(provider === 'service' ? 'permission lacking' : 'not a service');
    },
  );

  it('names the permissions that lack before it looks at roles', () => {
    const rule = { allOf: ['session:read'] as PermissionName[], allRoles: ['a'] };
    expect(denied(rule, [])).toEqual(['permission_denied', 'permission lacking', 'session:read']);
    expect(denied(rule, ['a'])).toEqual(['permission_denied', 'permission lacking', 'session:read']);
    expect(denied(rule, [], ['*'])).toEqual(ROLE_LACKS);
    expect(denied(rule, ['a'], ['*'])).toBeUndefined();
  });
});

describe('missingPermissions', () => {
  const missing = (rule: Partial<AccessRule>, permissions: string[]): readonly string[] =>
    missingPermissions(
      { ...(UNDECORATED as unknown as AccessRule), ...rule },
      new UserIdentity({ userId: 'ada', credentialId: 'c', permissions }),
    );
  const allOf: PermissionName[] = ['session:read', 'admin:read'];
  const anyOf: PermissionName[][] = [
    ['session:read', 'session:list'],
    ['admin:read', 'admin:write'],
  ];

  it('are none where nothing is demanded, or everything is there', () => {
    expect(missing({}, [])).toEqual([]);
    for (const grants of [['session:read', 'admin:read'], ['session:*', 'admin:*'], ['*']]) {
      expect(missing({ allOf, anyOf }, grants)).toEqual([]);
    }
    expect(missing({ anyOf }, ['session:list', 'admin:write'])).toEqual([]);
  });

  it('are those that lack of all, and the list of which none is there', () => {
    expect(missing({ allOf }, [])).toEqual(allOf);
    expect(missing({ allOf }, ['session:read'])).toEqual(['admin:read']);
    expect(missing({ allOf, anyOf }, ['session:list', 'admin:read'])).toEqual(['session:read']);
    expect(missing({ anyOf }, ['session:read'])).toEqual(['admin:read', 'admin:write']);
    expect(missing({ anyOf }, ['admin:*'])).toEqual(['session:read', 'session:list']);
    expect(missing({ allOf: ['session:read'], anyOf }, ['session:read'])).toEqual([
      'admin:read',
      'admin:write',
    ]);
  });
});

describe('AccessRules', () => {
  it('compiles a rule once for each class and method', () => {
    @RequirePermissions('admin:read')
    class Base {
      handle(this: void): void {}
      other(this: void): void {}
    }
    @RequirePermissions('admin:write')
    class Controller extends Base {}
    const rules = new AccessRules();
    const { handle, other } = Base.prototype;
    const rule = rules.of(Base, handle);
    expect(rules.of(Base, handle)).toBe(rule);
    expect(rules.of(Base, other)).not.toBe(rule);
    expect(rules.of(Controller, handle).allOf).toEqual(['admin:read', 'admin:write']);
    expect(rules.of(Base, handle)).toBe(rule);
  });
});
