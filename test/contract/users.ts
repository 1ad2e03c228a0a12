/** What every store must do with accounts; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { NOW } from '../support/jobs.ts'
import { aUser } from '../support/memory-store.ts'
import { HOSTILE } from './records.ts'
import type { StoreUnderTest } from './store.ts'

export function userContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    beforeEach(async () => {
      await subject.clear()
      store = await subject.open()
    })
    afterEach(() => store.close())

    const alice = aUser({ createdAt: NOW })

    test('accounts are kept, changed and removed', async () => {
      await store.users.insert(alice)
      await expect(store.users.insert(alice)).rejects.toMatchObject({ code: 'conflict' })
      await store.users.replace({ ...alice, roles: ['admin'], revision: 2 })
      expect(await store.users.list()).toEqual([{ ...alice, roles: ['admin'], revision: 2 }])
      await store.users.remove('alice')
      expect(await store.users.get('alice')).toBeUndefined()
      await expect(store.users.remove('alice')).rejects.toMatchObject({ code: 'not_found' })
      await expect(store.users.replace(alice)).rejects.toMatchObject({ code: 'not_found' })
    })

    test('an account that was changed meanwhile is not put back to what somebody saw before', async () => {
      const manager = { ...alice, roles: ['manager'], projects: ['p1'] }
      await store.users.insert(manager)
      const demoted = { ...manager, roles: ['user'], revision: 2 }
      const renamed = { ...manager, fullName: 'Alice' }
      const outcomes = await Promise.allSettled([
        store.users.replace(demoted, manager),
        store.users.replace(renamed, manager),
        store.users.replace({ ...demoted, projects: [] }, demoted),
        store.users.replace(demoted, demoted),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
      expect(outcomes[1]).toMatchObject({ reason: { code: 'conflict' } })
      expect(await store.users.get('alice')).toEqual({ ...demoted, projects: [] })
      await expect(store.users.replace({ ...alice, name: 'zz' }, alice)).rejects.toMatchObject({ code: 'not_found' })
    })

    test('the generation moves with a change of ours and with one of another process', async () => {
      const before = store.users.generation()
      await store.users.insert(alice)
      const between = store.users.generation()
      expect(between).not.toBe(before)
      const other = await subject.open()
      await other.users.remove('alice')
      await vi.waitFor(() => expect(store.users.generation()).not.toBe(between))
      await other.close()
    })

    test('what is known of a person is kept and changed', async () => {
      const person = aUser({ fullName: 'Zoë "Z" ☃', email: 'z@example.org', projects: ['p1', "p'2"], source: 'oidc' })
      await store.users.insert(person)
      expect(await store.users.get('alice')).toEqual(person)
      const changed = { ...person, fullName: '', projects: [], passwordHash: null, source: 'ldap' } as const
      await store.users.replace(changed)
      expect(await store.users.get('alice')).toEqual(changed)
    })

    test('preferences are kept by name and key, also without an account, and go with it', async () => {
      await store.users.insert(alice)
      await Promise.all(HOSTILE.map((text) => store.users.setPreference('alice', text, text)))
      await store.users.setPreference('alice', 'a.b', 'again')
      await store.users.setPreference('nobody', 'k', 'v')
      const kept = Object.fromEntries([...HOSTILE.map((text) => [text, text]), ['a.b', 'again']])
      expect(await store.users.preferences('alice')).toEqual(kept)
      expect(await store.users.preferences('nobody')).toEqual({ k: 'v' })
      await store.users.remove('alice')
      expect(await store.users.preferences('alice')).toEqual({})
    })
  })
}
