/** What every store must do with keys of programs; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import type { ClientKey } from '../../src/store/workflow-store.ts'
import { NOW } from '../support/jobs.ts'
import { HOSTILE } from './records.ts'
import type { StoreUnderTest } from './store.ts'

export function clientKeyContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    beforeEach(async () => {
      await subject.clear()
      store = await subject.open()
    })
    afterEach(() => store.close())

    const aKey = (changes: Partial<ClientKey> = {}): Omit<ClientKey, 'id'> => {
      const times = { createdAt: NOW, revokedAt: null, expiresAt: null, lastUsedAt: null }
      return { user: 'alice', name: 'mine', prefix: 'AbCdEfGh', hash: 'sha512$$x', ...times, ...changes }
    }

    test('a key is found by its prefix, and listed of its user, the newest first', async () => {
      const first = await store.clientKeys.insert(aKey())
      const second = await store.clientKeys.insert(aKey({ prefix: 'b', user: 'bob' }))
      expect(await store.clientKeys.byPrefix('AbCdEfGh')).toEqual({ ...aKey(), id: first })
      expect(await store.clientKeys.byPrefix('abcdefgh')).toBeUndefined()
      expect((await store.clientKeys.list()).map(({ id }) => id)).toEqual([second, first])
      expect((await store.clientKeys.list('alice')).map(({ id }) => id)).toEqual([first])
    })

    test('a prefix is taken once, and a number is never given again', async () => {
      await store.clientKeys.insert(aKey())
      await expect(store.clientKeys.insert(aKey({ user: 'bob' }))).rejects.toMatchObject({ code: 'conflict' })
    })

    test('a key gets another name and end, and is revoked once for ever', async () => {
      const id = await store.clientKeys.insert(aKey())
      expect(await store.clientKeys.change({ id, name: 'other', expiresAt: NOW + 9 })).toBe(true)
      expect(await store.clientKeys.revoke(id, NOW + 1)).toBe(true)
      expect(await store.clientKeys.revoke(id, NOW + 2)).toBe(false)
      expect(await store.clientKeys.byPrefix('AbCdEfGh')).toMatchObject({ name: 'other', expiresAt: NOW + 9 })
      expect(await store.clientKeys.byPrefix('AbCdEfGh')).toMatchObject({ revokedAt: NOW + 1 })
      expect(await store.clientKeys.change({ id: id + 1, name: 'none', expiresAt: null })).toBe(false)
    })

    test('when a key was used last is kept, and never goes back', async () => {
      const id = await store.clientKeys.insert(aKey())
      for (const at of [NOW + 5, NOW + 2]) await store.clientKeys.markUsed(id, at)
      expect(await store.clientKeys.byPrefix('AbCdEfGh')).toMatchObject({ lastUsedAt: NOW + 5 })
    })

    test('names may be any text', async () => {
      for (const [index, text] of HOSTILE.entries())
        await store.clientKeys.insert(aKey({ prefix: String(index), name: text, user: text }))
      const names = (await store.clientKeys.list()).map((key) => key.name)
      expect(names.toReversed()).toEqual(HOSTILE)
    })
  })
}
