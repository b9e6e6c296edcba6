import { describe, expect, it } from '@jest/globals';

import { RoleGraph, type RoleNode } from './role-graph.js';

const role = (name: string, inherits: readonly string[] = [], orgId?: string): RoleNode => ({
  name,
  inherits,
  orgId,
});

describe('RoleGraph', () => {
  it('takes a name for the role of the organisation, else for the one for all', () => {
    const [forAll, ofOrg] = [role('a'), role('a', [], 'org')];
    const graph = new RoleGraph([forAll, ofOrg]);
    expect(graph.find('a', 'org')).toBe(ofOrg);
    expect(graph.find('a', 'other')).toBe(forAll);
    expect(graph.find('a', undefined)).toBe(forAll);
    expect(graph.find('b', 'org')).toBeUndefined();
  });

  it('takes the place of a role that changes', () => {
    const graph = new RoleGraph([role('a'), role('b', ['a'])]);
    expect(graph.isInCircle(role('a'))).toBe(false);
    expect(graph.with(role('a', ['b'])).isInCircle(role('a'))).toBe(true);
    expect(graph.isInCircle(role('a'))).toBe(false);
  });

  it('does not take a role for one that is on a circle because it leads to one', () => {
    const graph = new RoleGraph([role('a', ['b']), role('b', ['c']), role('c', ['b'])]);
    expect(graph.isInCircle(role('a'))).toBe(false);
    expect(graph.isInCircle(role('b'))).toBe(true);
    expect(graph.isInCircle(role('nobody'))).toBe(false);
  });

  it('never comes from a role for all to one of an organisation', () => {
    const graph = new RoleGraph([role('a', ['b']), role('b', ['a'], 'org'), role('c', ['a'], 'org')]);
    expect(graph.isInCircle(role('a'))).toBe(false);
    expect(graph.isInCircle(role('b', [], 'org'))).toBe(false);
    expect(graph.isInherited(role('b', [], 'org'))).toBe(false);
    expect(graph.isInherited(role('a'))).toBe(true);
  });
});
