import { userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { createIdentities } from '../../../src/executor/local/identities.ts'
import { createPasswd } from '../../../src/executor/local/passwd.ts'
import { HandClock } from '../../support/clock.ts'

const clock = new HandClock()
const own = userInfo()
const identitiesFor = (isRoot: boolean) => createIdentities({ findAccount: createPasswd(clock), clock, isRoot })

test('root has the rights of whoever submits, with all of his groups', async () => {
  const identity = await identitiesFor(true)(own.username)
  expect(identity).toMatchObject({ name: own.username, uid: own.uid, gid: own.gid })
  expect(identity?.groups).toContain(own.gid)
})

test('root takes nobody’s rights for a user whom the host does not know', async () => {
  const find = identitiesFor(true)
  await expect(find('no-such-user')).rejects.toThrow('no account named no-such-user')
  await expect(find('-G')).rejects.toThrow('no account named -G')
})

test('anybody else has his own rights alone', async () => {
  expect(await identitiesFor(false)('no-such-user')).toBeNull()
})

test('the host is asked once a minute', async () => {
  let asked = 0
  const findAccount = async (name: string) => {
    asked += 1
    return { name, uid: 1, gid: 1, home: '/', shell: '/bin/sh' }
  }
  const find = createIdentities({ findAccount, clock, isRoot: true })
  await Promise.all([find(own.username), find(own.username)])
  expect(asked).toBe(1)
  clock.turn(60_001)
  await find(own.username)
  expect(asked).toBe(2)
})
