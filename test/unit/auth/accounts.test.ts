import { describe, expect, test } from 'vitest'
import { createAccounts, ensureFirstAccount } from '../../../src/auth/accounts.ts'
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
