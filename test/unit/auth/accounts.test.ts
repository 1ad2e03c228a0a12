import { describe, expect, test } from 'vitest'
import { type Accounts, createAccounts, ensureFirstAccount, type PersonData } from '../../../src/auth/accounts.ts'
import { networkOf } from '../../../src/auth/attempts.ts'
import { checkNewPassword, createPasswords, makePassword } from '../../../src/auth/password.ts'
import { HandClock } from '../../support/clock.ts'
import { memoryUsers } from '../../support/memory-store.ts'

function made() {
  const parts = { users: memoryUsers(), passwords: createPasswords(), clock: new HandClock() }
  return { ...parts, parts, accounts: createAccounts(parts) }
}

describe('accounts', () => {
  test('are added with a hashed password, listed and removed', async () => {
    const { accounts, users, passwords, clock } = made()
    await accounts.add('alice', 'correct horse', ['user', 'support'])
    const nobody = { fullName: '', email: '', projects: [], source: 'local' }
    expect(await accounts.list()).toEqual([
      { name: 'alice', roles: ['user', 'support'], hasPassword: true, createdAt: clock.now(), ...nobody },
    ])
    const { passwordHash } = (await users.get('alice'))!
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await passwords.verify(passwordHash, 'correct horse')).toBe(true)
    await expect(accounts.add('alice', 'correct horse', ['user'])).rejects.toMatchObject({ code: 'conflict' })
    await accounts.remove('alice')
    expect(await accounts.list()).toEqual([])
  })

  test('have another revision after every change, and after being made anew', async () => {
    const { accounts, users } = made()
    const revisions: number[] = []
    const note = async () => revisions.push((await users.get('alice'))!.revision)
    await accounts.add('alice', 'correct horse', ['user']).then(note)
    await accounts.setPassword('alice', 'battery staple').then(note)
    await accounts.setRoles('alice', ['admin']).then(note)
    await accounts.remove('alice')
    await accounts.add('alice', 'correct horse', ['user']).then(note)
    expect(new Set(revisions).size).toBe(4)
  })

  test.each([
    ['-rf', 'correct horse', ['user'], 'cannot be a user name'],
    ['../alice', 'correct horse', ['user'], 'cannot be a user name'],
    ['', 'correct horse', ['user'], 'between 1 and 100 characters'],
    ['alice', 'short', ['user'], 'from 8 to 1024 characters'],
    ['alice', 'with a \0 in it', ['user'], 'choose another'],
    ['alice', 'correct horse', ['amdin'], 'did you mean admin?'],
    ['alice', 'correct horse', [], 'an account needs a role'],
  ])('%j with %j and %j cannot be added', async (name, password, roles, sentence) => {
    const { accounts } = made()
    await expect(accounts.add(name, password, roles)).rejects.toThrow(sentence)
  })

  test('that do not exist cannot be changed', async () => {
    const { accounts } = made()
    await expect(accounts.setRoles('alice', ['user'])).rejects.toMatchObject({ code: 'not_found' })
    await expect(accounts.setPassword('alice', 'correct horse')).rejects.toMatchObject({ code: 'not_found' })
    await expect(accounts.remove('alice')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('say who they belong to, and a manager has projects', async () => {
    const { accounts } = made()
    const person = { fullName: 'Ada Lovelace', email: 'ada@example.org', projects: ['p1'] }
    await accounts.add('ada', 'correct horse', ['manager'], person)
    expect(await accounts.get('ada')).toMatchObject({ ...person, source: 'local', hasPassword: true })
    await expect(accounts.get('zz')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('of programs may have no password, and those of another source have none here', async () => {
    const { accounts } = made()
    await accounts.add('robot', '', ['api'])
    await accounts.add('grace', '', ['user'], { source: 'oidc' })
    expect((await accounts.list()).map(({ hasPassword }) => hasPassword)).toEqual([false, false])
  })

  test.each<[string, string, string[], PersonData, string]>([
    ['alice', '', ['user'], {}, 'only API users are allowed to have a blank password (login will be impossible)'],
    ['alice', '', ['user', 'api'], {}, 'only API users are allowed to have a blank password'],
    ['alice', 'correct horse', ['manager'], {}, 'managers require a project to manage (can be changed later)'],
    [
      'alice',
      'correct horse',
      ['user'],
      { projects: ['p1'] },
      'only managers require a project (can be changed later)',
    ],
    ['alice', 'correct horse', ['manager'], { projects: ['a\nb'] }, 'on one line'],
    ['alice', 'correct horse', ['user'], { fullName: 'x'.repeat(201) }, 'at most 200 characters'],
    ['x'.repeat(101), 'correct horse', ['user'], {}, 'username must be between 1 and 100 characters'],
  ])('are not made as %s with %j, %j and %j', async (name, password, roles, ...[person, sentence]) => {
    const { accounts } = made()
    await expect(accounts.add(name, password, roles, person)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(sentence),
    })
  })

  test('gain and lose roles, which ends their tokens, and projects, which does not', async () => {
    const { accounts, users } = made()
    await accounts.add('alice', 'correct horse', ['user'])
    const revision = async () => (await users.get('alice'))!.revision
    const before = await revision()
    await accounts.addRole('alice', 'manager')
    const after = await revision()
    expect(after).not.toBe(before)
    await accounts.addProject('alice', 'p1')
    await accounts.addProject('alice', 'p2')
    expect(await accounts.get('alice')).toMatchObject({ roles: ['user', 'manager'], projects: ['p1', 'p2'] })
    await accounts.removeProject('alice', 'p1')
    await accounts.removeProject('alice', 'p2')
    expect(await revision()).toBe(after)
    await accounts.removeRole('alice', 'manager')
    await accounts.removeRole('alice', 'user')
    expect(await accounts.get('alice')).toMatchObject({ roles: [], projects: [] })
  })

  test.each<[keyof Accounts, string, string, string, string]>([
    ['addRole', 'alice', 'user', 'conflict', 'adding role failed: user alice already has role user'],
    ['addRole', 'alice', 'bogus', 'invalid', 'adding role failed: supplied role is no valid option : bogus'],
    ['addRole', 'zz', 'user', 'not_found', 'adding role failed: there is no account named zz'],
    [
      'removeRole',
      'alice',
      'manager',
      'conflict',
      "removing role failed: role already deleted for user 'alice': manager",
    ],
    [
      'removeRole',
      'bob',
      'manager',
      'conflict',
      "removing role failed: cannot remove role 'manager' while user bob still has assigned project(s) : [p1]",
    ],
    [
      'setRoles',
      'bob',
      'user',
      'conflict',
      "cannot remove role 'manager' while user bob still has assigned project(s) : [p1]",
    ],
    ['addProject', 'alice', 'p1', 'conflict', "adding project failed: user 'alice' is not a manager"],
    ['addProject', 'bob', 'p1', 'conflict', "adding project failed: user 'bob' already manages project 'p1'"],
    ['addProject', 'bob', '', 'invalid', 'adding project failed: a project'],
    [
      'removeProject',
      'bob',
      'zz',
      'conflict',
      `removing project failed: user '"bob"': Cannot remove project '"zz"' - Does not match`,
    ],
    ['removeProject', 'zz', 'p1', 'not_found', 'removing project failed: there is no account named zz'],
  ])('%s of %s and %j is refused as in the original', async (verb, name, word, ...[code, sentence]) => {
    const { accounts } = made()
    await accounts.add('alice', 'correct horse', ['user'])
    await accounts.add('bob', 'correct horse', ['manager'], { projects: ['p1'] })
    const act = accounts[verb] as (name: string, word: unknown) => Promise<void>
    const given = verb === 'setRoles' ? [word] : word
    await expect(act(name, given)).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) })
  })

  test('begin with one administrator, whose password is told once', async () => {
    const { parts, users, passwords } = made()
    const first = (await ensureFirstAccount(parts, 'yard'))!
    expect(first.name).toBe('yard')
    const user = (await users.get('yard'))!
    expect(user.roles).toEqual(['admin'])
    expect(await passwords.verify(user.passwordHash, first.password)).toBe(true)
    expect(await ensureFirstAccount(parts, 'yard')).toBeUndefined()
  })
})

describe('passwords', () => {
  test('without a hash, or longer than any password, cost the same and never match', async () => {
    const passwords = createPasswords()
    const long = 'x'.repeat(1024)
    const encoded = await passwords.hash(long)
    expect(await passwords.verify(encoded, long)).toBe(true)
    expect(await passwords.verify(encoded, `${long}x`)).toBe(false)
    expect(await passwords.verify(null, long)).toBe(false)
  })

  test('that are made can be used and differ', () => {
    const made = Array.from({ length: 100 }, makePassword)
    for (const password of made) checkNewPassword(password)
    expect(new Set(made).size).toBe(100)
  })
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['', ''],
])('the network of %s is %s', (address, network) => expect(networkOf(address)).toBe(network))
