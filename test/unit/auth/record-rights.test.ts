import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Caller, levelOf, ROLES, type Role } from '../../../src/auth/caller.ts'
import {
  isVisible,
  mayReadTag,
  mayReport,
  maySeeNodes,
  mayUseApi,
  mayUseUserApi,
  mayWriteMetrics,
  mayWriteTag,
  visibleTo,
} from '../../../src/auth/record-rights.ts'

const withRoles = (...roles: Role[]): Caller => ({ user: 'alice', level: levelOf(roles), roles, projects: ['p1'] })

describe('whose records are seen', () => {
  const own = { user: 'alice', projects: [] }

  test.each([
    [['api'], 'all'],
    [['admin'], 'all'],
    [['support'], 'all'],
    [['user', 'support'], 'all'],
    [['manager'], { user: 'alice', projects: ['p1'] }],
    [['api', 'manager'], { user: 'alice', projects: ['p1'] }],
    [['user'], own],
    [['user', 'api'], own],
    [['readonly', 'api'], own],
  ] as [Role[], unknown][])('with the roles %j', (roles, expected) =>
    expect(visibleTo(withRoles(...roles))).toEqual(expected),
  )

  test('with no role, none, and the refusal says so', () =>
    expect(() => visibleTo(withRoles())).toThrow('user has no or unknown roles'))

  test('a manager without projects sees his own', () => {
    const { projects: _projects, ...caller } = withRoles('manager')
    expect(visibleTo(caller)).toEqual(own)
  })

  test.each([
    ['all', true],
    [{ user: 'bob', projects: [] }, true],
    [{ user: 'alice', projects: ['p7'] }, true],
    [{ user: 'alice', projects: ['p1'] }, false],
  ] as const)('by %j, a record of bob in p7: %j', (visibility, seen) =>
    expect(isVisible(visibility, { user: 'bob', project: 'p7' })).toBe(seen),
  )
})

describe('the doors, as the original opens them', () => {
  test.each([
    [['api'], { api: true, userApi: true, metrics: true, nodes: true, report: true }],
    [['admin', 'api'], { api: true, userApi: true, metrics: true, nodes: true, report: true }],
    [['user', 'admin', 'api'], { api: true, userApi: true, metrics: true, nodes: true, report: true }],
    [['admin'], { api: false, userApi: false, metrics: false, nodes: true, report: true }],
    [['api', 'user'], { api: false, userApi: true, metrics: true, nodes: false, report: false }],
    [['api', 'manager'], { api: false, userApi: true, metrics: true, nodes: false, report: false }],
    [['api', 'support'], { api: false, userApi: true, metrics: false, nodes: true, report: false }],
    [['api', 'readonly'], { api: false, userApi: false, metrics: false, nodes: false, report: false }],
    [['user', 'manager', 'support', 'api'], { api: false, userApi: true, metrics: true, nodes: true, report: false }],
    [['user'], { api: false, userApi: false, metrics: false, nodes: false, report: false }],
    [[], { api: false, userApi: false, metrics: false, nodes: false, report: false }],
  ] as [Role[], unknown][])('for the roles %j', (roles, expected) => {
    const caller = withRoles(...roles)
    expect({
      api: mayUseApi(roles),
      userApi: mayUseUserApi(roles),
      metrics: mayWriteMetrics(roles),
      nodes: maySeeNodes(caller),
      report: mayReport(caller),
    }).toEqual(expected)
  })
})

describe('tags', () => {
  test.each([
    [['api'], 'global', true, true],
    [['api'], 'admin', false, true],
    [['admin'], 'admin', true, true],
    [['support'], 'admin', true, false],
    [['support'], 'global', true, true],
    [['user'], 'global', true, false],
    [['user'], 'admin', false, false],
    [['user'], 'alice', true, true],
    [['admin'], 'bob', false, false],
    [['user'], '__proto__', false, false],
  ] as [Role[], string, boolean, boolean][])('with %j, scope %s: read %j, write %j', (roles, scope, read, write) => {
    const caller = withRoles(...roles)
    expect([mayReadTag(caller, scope), mayWriteTag(caller, scope)]).toEqual([read, write])
  })

  test('a user called admin has no part in the tags of administrators', () => {
    const caller = { ...withRoles('user'), user: 'admin' }
    expect([mayReadTag(caller, 'admin'), mayWriteTag(caller, 'admin')]).toEqual([false, false])
  })
})

test('who neither is a program nor supports nor administers never sees everything, whatever else he is', () => {
  const roles = fc.uniqueArray(fc.constantFrom(...ROLES.filter((role) => role !== 'admin' && role !== 'support')))
  fc.assert(
    fc.property(roles, (some) => {
      fc.pre(some.length > 0 && !(some.length === 1 && some[0] === 'api'))
      const caller = withRoles(...some)
      expect(visibleTo(caller)).not.toBe('all')
      expect(maySeeNodes(caller) || mayReport(caller) || mayUseApi(some)).toBe(false)
    }),
  )
})
