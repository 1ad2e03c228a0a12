/** What every store must do with tags; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TagName } from '../../src/job/record.ts'
import type { Store } from '../../src/store/store.ts'
import { aNewRecord } from '../support/records.ts'
import { HOSTILE } from './records.ts'
import type { StoreUnderTest } from './store.ts'

const vasp: TagName = { type: 'app', name: 'vasp', scope: 'global' }
const mine: TagName = { ...vasp, scope: 'alice' }

export function tagContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    let id: number
    beforeEach(async () => {
      await subject.clear()
      store = await subject.open()
      id = await store.records.insert(aNewRecord())
    })
    afterEach(() => store.close())

    const tagsOf = async (record: number) => (await store.records.get(record))?.tags

    test('the same words in another scope are another tag; giving one twice is giving it once', async () => {
      await store.records.tag(id, [vasp, mine, vasp])
      await store.records.tag(id, [vasp])
      expect(await tagsOf(id)).toEqual([
        { id: 1, ...vasp },
        { id: 2, ...mine },
      ])
    })

    test('a tag is taken from the record that is named alone, and those it has not are no error', async () => {
      const other = await store.records.insert(aNewRecord({ jobId: 2 }))
      await Promise.all([store.records.tag(id, [vasp, mine]), store.records.tag(other, [vasp])])
      await store.records.untag(id, [vasp, { ...vasp, name: 'none' }])
      expect((await tagsOf(id))?.map(({ scope }) => scope)).toEqual(['alice'])
      expect((await tagsOf(other))?.length).toBe(1)
    })

    test('a record that is not there can be neither tagged nor untagged, and leaves no tag behind', async () => {
      await expect(store.records.tag(99, [vasp])).rejects.toMatchObject({ code: 'not_found' })
      await expect(store.records.untag(99, [vasp])).rejects.toMatchObject({ code: 'not_found' })
      await expect(store.records.tag(99, [])).rejects.toMatchObject({ code: 'not_found' })
      expect(await store.records.tags()).toEqual([])
    })

    test('all tags are listed with how many records have them', async () => {
      const other = await store.records.insert(aNewRecord({ jobId: 2 }))
      await store.records.tag(id, [vasp, mine])
      await store.records.tag(other, [vasp])
      await store.records.untag(id, [mine])
      expect(await store.records.tags()).toEqual([
        { id: 2, ...mine, count: 0 },
        { id: 1, ...vasp, count: 2 },
      ])
      await store.records.remove(other)
      expect((await store.records.tags()).map(({ count }) => count)).toEqual([0, 1])
    })

    test('a removed tag is gone from every record', async () => {
      await store.records.tag(id, [vasp, mine])
      expect(await store.records.removeTag(vasp)).toBe(true)
      expect(await store.records.removeTag(vasp)).toBe(false)
      expect((await tagsOf(id))?.map(({ scope }) => scope)).toEqual(['alice'])
    })

    test('any text can be a tag', async () => {
      const names = HOSTILE.map((text) => ({ type: text, name: text, scope: text }))
      await store.records.tag(id, names)
      expect((await tagsOf(id))?.map(({ type, name, scope }) => ({ type, name, scope }))).toEqual(names)
      await store.records.untag(id, names)
      expect(await tagsOf(id)).toEqual([])
    })
  })
}
