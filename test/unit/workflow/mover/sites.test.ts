/** What goes from one site to another: stubs, links, folders, removals and moves. */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createDiskStorage } from '../../../../src/object-storage/disk.ts'
import type { ObjectStorage } from '../../../../src/object-storage/object-storage.ts'
import type { PathEntry } from '../../../../src/workflow/path-entry.ts'
import { testFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'

let here: MoverSite
let there: MoverSite
const at = (name: string) => join(here.root, name)
const over = (name: string) => join(there.root, name)

beforeEach(() => {
  const folder = testFolder()
  here = makeMoverSite(folder, 'site1')
  there = makeMoverSite(folder, 'site2', here.bucket)
})

async function sent(name: string, text = `text of ${name}`): Promise<string> {
  mkdirSync(join(at(name), '..'), { recursive: true })
  writeFileSync(at(name), text)
  await here.run('migrate', [at(name)], { arguments: { premigrate: true, overwrite: true } })
  return at(name)
}

const stub = (paths: string[], given: Record<string, unknown> = {}) =>
  there.run('reverse_stub', paths, { arguments: given, origin: here.site })
const check = (paths: string[], given: Record<string, unknown> = {}) =>
  there.run('check_sync_state', paths, { arguments: given, origin: here.site })

test('makes a stub of the size, mode and time of the file, in folders that it makes', async () => {
  const path = await sent('a/b/f')
  utimesSync(path, 1e9, 1e9)
  await here.run('migrate', [await sent('a/b/f')])
  expect(await stub([path])).toMatchObject([{ path, outcome: 'processed', movedBytes: 0 }])
  const stats = statSync(over('a/b/f'))
  expect([stats.size, stats.blocks, stats.mode & 0o777]).toEqual([13, 0, 0o644])
  expect(there.ledger.stateAt(over('a/b/f'))?.state).toBe('migrated')
  await there.run('recall', [over('a/b/f')])
  expect(readFileSync(over('a/b/f'), 'utf8')).toBe('text of a/b/f')
  expect(readdirSync(over('a/b'))).toEqual(['f'])
})

test('makes whole files where they are to be hydrated, and keeps the first bytes of stubs where asked', async () => {
  const paths = [await sent('f', 'x'.repeat(10_000)), await sent('g')]
  await stub(paths, { hydrate: true })
  expect(readFileSync(over('f'), 'utf8')).toBe('x'.repeat(10_000))
  const last = await sent('h', 'y'.repeat(10_000))
  await stub([last], { stub_size: 4096 })
  expect(readFileSync(over('h'), 'utf8')).toBe('y'.repeat(4096) + '\0'.repeat(10_000 - 4096))
})

test('says that there is no object, and where it would come from', async () => {
  writeFileSync(at('f'), '')
  expect(await stub([at('f')])).toMatchObject([{ outcome: 'failed', message: /has no object f: migrate the file/ }])
})

test('leaves what stands there, or puts the new one in its place, as it is told', async () => {
  const path = await sent('f', 'new')
  writeFileSync(over('f'), 'old')
  expect(await stub([path])).toMatchObject([{ outcome: 'skipped', message: /stands there already/ }])
  expect(await stub([path], { sync_preference: 'local' })).toMatchObject([{ outcome: 'skipped' }])
  expect(await stub([path], { sync_preference: 'newest' })).toMatchObject([{ message: 'what is here is newer' }])
  expect(await stub([path], { overwrite: true, hydrate: true })).toMatchObject([{ outcome: 'processed' }])
  expect(readFileSync(over('f'), 'utf8')).toBe('new')
  expect(await stub([path], { overwrite: true })).toMatchObject([{ outcome: 'skipped', already: true }])
})

test('makes no stub of an object that is shorter than its file, or said to be', async () => {
  const path = await sent('f', 'the whole text')
  const real = createDiskStorage({ root: here.bucket })
  const head = async (key: string) => {
    const info = await real.head(key)
    return info && { ...info, sizeBytes: 7 }
  }
  const storageFor = () =>
    ({ ...real, name: 'lying', get: real.get.bind(real), head, many: undefined }) as ObjectStorage
  const asked = { origin: here.site, parts: { storageFor } }
  expect(await there.run('reverse_stub', [path], asked)).toMatchObject([
    { outcome: 'failed', message: /^checksum mismatch: f in lying has 7 bytes instead of the 14 of its file/ },
  ])
  expect(readdirSync(there.root)).toEqual([])
})

test('leaves what somebody puts there, or writes, at the last moment', async () => {
  const paths = [await sent('f', 'sent'), await sent('g', 'sent')]
  writeFileSync(over('g'), 'old')
  const point = (name: string) => {
    if (name === 'drafted') for (const one of ['f', 'g']) writeFileSync(over(one), 'of my own')
  }
  const asked = { arguments: { overwrite: true }, origin: here.site, parts: { point } }
  const refused = { outcome: 'failed', message: /meanwhile: it stays/ }
  expect(await there.run('reverse_stub', paths, asked)).toMatchObject([refused, refused])
  expect([readFileSync(over('f'), 'utf8'), readFileSync(over('g'), 'utf8')]).toEqual(['of my own', 'of my own'])
  expect(readdirSync(there.root).toSorted()).toEqual(['f', 'g'])
  expect(there.ledger.journal()).toEqual([])
})

test('brings the data of stubs that an earlier sending left, and of nothing else', async () => {
  const paths = [await sent('f'), await sent('g')]
  await stub(paths)
  writeFileSync(over('g'), 'of my own')
  expect(await stub(paths, { hydrate: true })).toMatchObject([
    { outcome: 'processed', movedBytes: 9 },
    { outcome: 'skipped', message: /stands there already/ },
  ])
  expect([readFileSync(over('f'), 'utf8'), readFileSync(over('g'), 'utf8')]).toEqual(['text of f', 'of my own'])
  expect(await stub([paths[0]!], { hydrate: true })).toMatchObject([{ outcome: 'skipped', already: true }])
})

test('sends the version that was stored last, and what was moved since, by what the step before said', async () => {
  const path = await sent('f')
  await sent('g')
  writeFileSync(path, 'a later version')
  renameSync(at('g'), at('h'))
  const premigrated = await here.run('migrate', [path, at('h')], { arguments: { premigrate: true } })
  expect(premigrated).toMatchObject([
    { outcome: 'processed', object: { key: expect.stringMatching(/^f\.[0-9a-f-]{36}$/) } },
    { already: true, object: { key: 'g' } },
  ])
  const entries = premigrated.map(({ path: one, object }): PathEntry => {
    return { path: one, type: 'file', sizeBytes: 0, state: 'processed', ...(object && { object }) }
  })
  const made = await there.run('reverse_stub', entries, { arguments: { hydrate: true }, origin: here.site })
  expect(made).toMatchObject([{ outcome: 'processed' }, { outcome: 'processed' }])
  expect([readFileSync(over('f'), 'utf8'), readFileSync(over('h'), 'utf8')]).toEqual(['a later version', 'text of g'])
  expect(await here.run('migrate', [at('h')])).toMatchObject([{ outcome: 'processed', object: { key: 'g' } }])
  writeFileSync(path, 'the last version')
  const [last] = await here.run('migrate', [path], { arguments: { premigrate: true, overwrite: true } })
  expect(last).toEqual({ path, outcome: 'processed', message: '', movedBytes: 16 })
})

test('compares what two sites have by who wrote last', async () => {
  const path = await sent('f')
  expect(await check([path])).toMatchObject([{ outcome: 'processed' }])
  writeFileSync(over('f'), 'mine')
  expect(await check([path])).toMatchObject([{ outcome: 'skipped', message: 'what is here is newer' }])
  expect(await check([path], { sync_preference: 'ignore' })).toMatchObject([{ outcome: 'processed' }])
  utimesSync(over('f'), 1e9, 1e9)
  expect(await check([path])).toMatchObject([{ outcome: 'processed' }])
  expect(await check([path], { sync_preference: 'local' })).toMatchObject([{ outcome: 'skipped' }])
})

test('sends links as links and folders as folders', async () => {
  mkdirSync(at('d'))
  symlinkSync('../some/where\n%', at('l'))
  const sentOn = await here.run('migrate', [at('d'), at('l')], { arguments: { premigrate: true } })
  expect(sentOn).toMatchObject([{ already: true }, { outcome: 'processed' }])
  expect(await stub([at('d'), at('l')])).toMatchObject([{ outcome: 'processed' }, { outcome: 'processed' }])
  expect(readlinkSync(over('l'))).toBe('../some/where\n%')
  expect(lstatSync(over('d')).isDirectory()).toBe(true)
})

test('deletes what is there, folders when they are empty, and knows what was not there', async () => {
  mkdirSync(over('d/full'), { recursive: true })
  await stub([await sent('d/f')])
  writeFileSync(over('d/full/x'), '')
  const paths = ['d/f', 'gone', 'd/full', 'd'].map(at)
  const entries = paths.map((path) => ({ path, type: 'file' as const, sizeBytes: 0, state: 'deleted' }))
  const outcomes = await there.run('delete', entries, { origin: here.site })
  expect(outcomes).toMatchObject([
    { outcome: 'processed' },
    { outcome: 'skipped', already: true },
    { outcome: 'skipped', message: /holds something here/ },
    { outcome: 'skipped' },
  ])
  expect(existsSync(over('d/f'))).toBe(false)
})

test('keeps what was made or changed here when another site deletes it', async () => {
  const names = ['stub', 'recalled', 'changed', 'written']
  const paths = await Promise.all(names.map((name) => sent(name)))
  await stub(paths)
  await there.run('recall', [over('recalled'), over('changed')])
  writeFileSync(over('changed'), 'another text')
  writeFileSync(over('written'), 'over a stub')
  writeFileSync(over('own'), '')
  const entries = [...names, 'own'].map((name) => ({
    path: at(name),
    type: 'file' as const,
    sizeBytes: 0,
    state: 'deleted',
  }))
  const outcomes = await there.run('delete', entries, { origin: here.site })
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['processed', 'processed', 'skipped', 'skipped', 'skipped'])
  expect(outcomes[4]).toMatchObject({ message: /made or changed here/ })
  expect(readdirSync(there.root).toSorted()).toEqual(['changed', 'own', 'written'])
  expect(await there.run('delete', [over('own')])).toMatchObject([{ outcome: 'processed' }])
})

test('moves files and folders, and what the ledger knows of them', async () => {
  await stub([await sent('old/f'), await sent('g')])
  const moved = (from: string, path: string) => ({
    path: at(path),
    from: at(from),
    type: 'file' as const,
    sizeBytes: 0,
    state: 'moved',
  })
  const entries = [moved('old', 'new'), moved('g', 'deep/er/g'), moved('none', 'nowhere')]
  const outcomes = await there.run('move', entries, { origin: here.site })
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['processed', 'processed', 'failed'])
  expect(there.ledger.stateAt(over('new/f'))?.state).toBe('migrated')
  await there.run('recall', [over('new/f'), over('deep/er/g')])
  expect(readFileSync(over('new/f'), 'utf8')).toBe('text of old/f')
  writeFileSync(over('a'), 'a')
  writeFileSync(over('b'), 'b')
  expect(await there.run('move', [moved('a', 'b')], { origin: here.site })).toMatchObject([
    { message: /something else stands at/ },
  ])
  expect(readFileSync(over('b'), 'utf8')).toBe('b')
})
