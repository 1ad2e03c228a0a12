import { expect, test } from 'vitest'
import { enrol } from '../../../src/auth/enrol.ts'
import { createDirectorySync } from '../../../src/auth/ldap/directory-sync.ts'
import { DomainError } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import { HandClock } from '../../support/clock.ts'
import { aUser, memoryUsers } from '../../support/memory-store.ts'

const ADA = aUser({ name: 'ada', roles: ['admin'], source: 'ldap', revision: 1 })
const newcomer = (fullName: string) => ({
  name: 'ada',
  source: 'ldap' as const,
  roles: ['user' as const],
  fullName,
  now: 0,
})

test('a name that changed does not bring back the role that was taken away at the same moment', async () => {
  const users = memoryUsers([ADA])
  const demoted = { ...ADA, roles: ['user'], revision: 2 }
  const racing = { ...users, get: once(users.get, () => users.replace(demoted)) }
  expect(await enrol(racing, newcomer('Ada King'))).toEqual(demoted)
  expect(await users.get('ada')).toEqual(demoted)
})

test('who was removed at the same moment does not come in', async () => {
  const users = memoryUsers([ADA])
  const racing = { ...users, get: once(users.get, () => users.remove('ada')) }
  expect(await enrol(racing, newcomer('Ada King'))).toBeUndefined()
})

test('two first sign-ins at once make one account', async () => {
  const users = memoryUsers()
  const [one, other] = await Promise.all([enrol(users, newcomer('Ada')), enrol(users, newcomer('Ada'))])
  expect(one).toEqual(other)
  expect(await users.list()).toHaveLength(1)
})

test('accounts are asked for again after a directory was down', async () => {
  const [clock, users] = [new HandClock(), memoryUsers()]
  const asked: number[] = []
  let isUp = false
  const list = async () => {
    asked.push(clock.now())
    if (!isUp) throw new DomainError('unavailable', 'down')
    return [{ username: 'ada', fullName: '', email: '' }]
  }
  const directory = { list, verify: () => Promise.reject(new Error('unused')) }
  const sync = createDirectorySync({ users, directory, intervalMs: 60_000, remove: true, clock, log: silentLog })
  await sync.start()
  await expect(sync.run()).rejects.toMatchObject({ code: 'unavailable' })
  isUp = true
  await new Promise(setImmediate)
  clock.turn(60_000)
  expect(await sync.run()).toEqual({ added: 1, removed: 0 })
  await sync.stop()
  clock.turn(600_000)
  expect(asked).toHaveLength(2)
})

/** Answers as `get` does, and does `then` before the first answer is looked at. */
function once<Result>(get: (name: string) => Promise<Result>, then: () => Promise<void>) {
  let isFirst = true
  return async (name: string) => {
    const found = await get(name)
    if (isFirst) await then()
    isFirst = false
    return found
  }
}
