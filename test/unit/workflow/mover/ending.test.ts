/** What a step does that is told to end: after the file in hand, or at once. */

import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createDiskStorage } from '../../../../src/object-storage/disk.ts'
import type { ManyObjects, ObjectStorage } from '../../../../src/object-storage/object-storage.ts'
import type { MoverParts } from '../../../../src/workflow/mover/parts.ts'
import { testFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'

const LARGE = 9 * 2 ** 20

let one: MoverSite
const plant = (name: string, bytes: Buffer = randomBytes(LARGE)) => {
  const path = join(one.root, name)
  writeFileSync(path, bytes)
  return path
}
/** Its attributes may take a block. */
const isStub = (path: string) => statSync(path).blocks <= 8 && statSync(path).size === LARGE
const objects = () => readdirSync(one.bucket, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())

beforeEach(() => {
  one = makeMoverSite(testFolder())
})

/** Told so when that many bytes have passed. */
function told(how: 'yield' | 'stop', sizeBytes = 1): Partial<MoverParts> {
  const [ending, dropping] = [new AbortController(), new AbortController()]
  const progress = (_done: number, movedBytes: number) => {
    if (movedBytes < sizeBytes) return
    ending.abort()
    if (how === 'stop') dropping.abort()
  }
  return { progress, ending: ending.signal, dropping: dropping.signal }
}

test('a large file is copied to its end by a step that is to yield, and the next is left', async () => {
  const paths = ['a', 'b', 'c', 'd'].map((name) => plant(name))
  const { outcomes, left, failure } = await one.result('migrate', paths, { parts: told('yield') })
  const kinds = outcomes.map(({ outcome }) => outcome)
  expect(kinds).toEqual(['processed', 'processed', 'aborted', 'aborted'])
  expect({ left, failure }).toEqual({ left: [2, 3], failure: null })
  expect(paths.map(isStub)).toEqual([true, true, false, false])
})

test('a large file that is dropped in its midst is whole, free, and has no object', async () => {
  const path = plant('a')
  const before = readFileSync(path)
  const { outcomes, left } = await one.result('migrate', [path], { parts: told('stop') })
  expect(outcomes).toMatchObject([{ outcome: 'aborted', message: /stopped before/ }])
  expect(left).toEqual([0])
  expect(readFileSync(path).equals(before)).toBe(true)
  expect(objects()).toEqual([])
  expect(one.ledger.journal()).toEqual([])
  expect(await one.run('migrate', [path])).toMatchObject([{ outcome: 'processed' }])
})

test('a large file that is fetched and dropped in its midst is a stub again', async () => {
  const path = plant('a')
  const before = readFileSync(path)
  await one.run('migrate', [path])
  const { left } = await one.result('recall', [path], { parts: told('stop', 2 ** 22) })
  expect(left).toEqual([0])
  expect(isStub(path)).toBe(true)
  expect(one.ledger.journal()).toEqual([])
  expect(await one.run('recall', [path])).toMatchObject([{ outcome: 'processed' }])
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('of a send with data, what is dropped leaves no half of a file', async () => {
  const path = plant('a')
  await one.run('migrate', [path], { arguments: { premigrate: true } })
  const other = makeMoverSite(join(one.root, '..'), 'site2', one.bucket)
  const given = { origin: one.site, arguments: { hydrate: true } }
  const { left } = await other.result('reverse_stub', [path], { ...given, parts: told('stop', 2 ** 22) })
  expect(left).toEqual([0])
  expect(readdirSync(other.root)).toEqual([])
  expect(other.ledger.journal()).toEqual([])
  expect(await other.run('reverse_stub', [path], given)).toMatchObject([{ outcome: 'processed' }])
  expect(readFileSync(join(other.root, 'a')).equals(readFileSync(path))).toBe(true)
})

test('of many small objects those that were not stored when the step was to end are left, and nothing of them is taken for a copy', async () => {
  const paths = Array.from({ length: 60 }, (_, index) => plant(`f${index}`, randomBytes(9000)))
  const disk = createDiskStorage({ root: one.bucket })
  const ending = new AbortController()
  const many: ManyObjects = {
    head: (keys) => disk.many!.head(keys),
    async put(objects, signal?: AbortSignal) {
      const stored = await disk.many!.put(objects.slice(0, 20))
      ending.abort()
      return [...stored, ...objects.slice(20).map(() => signal?.reason ?? new DOMException('', 'AbortError'))]
    },
  }
  const storage: ObjectStorage = {
    ...{ name: 'slow', many, put: disk.put.bind(disk), get: disk.get.bind(disk), head: disk.head.bind(disk) },
    ...{ delete: disk.delete.bind(disk), list: disk.list.bind(disk), close: disk.close.bind(disk) },
  }
  const { outcomes, left } = await one.result('migrate', paths, {
    parts: { storageFor: () => storage, ending: ending.signal },
  })
  expect(outcomes.filter(({ outcome }) => outcome === 'processed')).toHaveLength(20)
  expect(left).toEqual([...paths.keys()].slice(20))
  for (const path of paths.slice(20)) expect(statSync(path).blocks).toBeGreaterThan(8)
  expect(objects().filter(({ name }) => /^f\d+$/.test(name))).toHaveLength(20)
})
