import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createDiskStorage } from '../../../../src/object-storage/disk.ts'
import type { ObjectStorage } from '../../../../src/object-storage/object-storage.ts'
import { testFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'
import { mountSmallDisk, unmount } from '../../../support/small-disk.ts'

let one: MoverSite
const TEXT = 'the text '.repeat(20_000)
const at = (name: string) => join(one.root, name)
const mtime = (path: string) => Math.round(statSync(path).mtimeMs)

beforeEach(() => {
  one = makeMoverSite(testFolder())
})

async function migrated(name = 'f', text = TEXT): Promise<string> {
  writeFileSync(at(name), text)
  utimesSync(at(name), 1_700_000_000, 1_700_000_000)
  await one.run('migrate', [at(name)])
  expect(statSync(at(name)).blocks).toBe(0)
  return at(name)
}

test('brings data back into the same inode, with the time that the file had', async () => {
  const path = await migrated()
  const { ino } = statSync(path)
  expect(await one.run('recall', [path])).toMatchObject([{ outcome: 'processed', movedBytes: TEXT.length }])
  expect(readFileSync(path, 'utf8')).toBe(TEXT)
  expect([statSync(path).ino, mtime(path)]).toEqual([ino, 1_700_000_000_000])
  expect(one.ledger.stateAt(path)?.state).toBe('premigrated')
  expect(await one.run('recall', [path])).toMatchObject([{ outcome: 'skipped', already: true }])
})

test('sets the times to now where that is asked for', async () => {
  const path = await migrated()
  await one.run('recall', [path], { arguments: { update_mtime: true } })
  expect(mtime(path)).toBeGreaterThan(1_700_000_000_000)
  expect(await one.run('migrate', [path], { arguments: { premigrate: true } })).toMatchObject([{ already: true }])
})

test('deletes the object where that is asked for, and then the file is like any other', async () => {
  const path = await migrated()
  await one.run('recall', [path], { arguments: { delete_remote: true } })
  expect(readFileSync(path, 'utf8')).toBe(TEXT)
  expect(existsSync(join(one.bucket, 'f'))).toBe(false)
  expect(one.ledger.stateAt(path)).toBeUndefined()
})

test('refuses an object of which a bit has turned, leaves the stub, and takes it as it is when told to', async () => {
  const path = await migrated()
  const bytes = readFileSync(join(one.bucket, 'f'))
  bytes[100_000]! ^= 1
  const { mtime: before } = statSync(join(one.bucket, 'f'))
  writeFileSync(join(one.bucket, 'f'), bytes)
  utimesSync(join(one.bucket, 'f'), before, before)
  const [outcome] = await one.run('recall', [path])
  expect(outcome).toMatchObject({ outcome: 'failed', message: /checksum mismatch: f in disk:.*skip_hash/ })
  expect([statSync(path).blocks, mtime(path)]).toEqual([0, 1_700_000_000_000])
  expect(one.ledger.stateAt(path)?.state).toBe('migrated')
  expect(one.ledger.journal()).toEqual([])
  await one.run('recall', [path], { arguments: { skip_hash: true } })
  expect(readFileSync(path).equals(bytes)).toBe(true)
})

test('says that the object is gone, or another by now', async () => {
  const path = await migrated()
  const storage = createDiskStorage({ root: one.bucket })
  const { body, info } = await storage.get('f')
  await storage.put('f', body, { metadata: { ...info.metadata, 'ngenea-guuid': 'another' } })
  expect(await one.run('recall', [path])).toMatchObject([{ message: /checksum mismatch: .*another object by now/ }])
  await storage.delete('f')
  expect(await one.run('recall', [path])).toMatchObject([{ outcome: 'failed', message: /has no f/ }])
})

/** The disk's storage with something else in it. */
const faulty = (changed: Partial<ObjectStorage>) => {
  const storage = createDiskStorage({ root: one.bucket })
  const changedStorage: ObjectStorage = {
    name: 'faulty',
    put: (...asked) => storage.put(...asked),
    get: (...asked) => storage.get(...asked),
    head: (key) => storage.head(key),
    delete: (key) => storage.delete(key),
    list: (...asked) => storage.list(...asked),
    close: () => storage.close(),
    ...changed,
  }
  return { parts: { storageFor: () => changedStorage } }
}

test('a body that breaks off leaves a stub', async () => {
  const path = await migrated()
  const get: ObjectStorage['get'] = async (key) => {
    const { info, body } = await createDiskStorage({ root: one.bucket }).get(key)
    let count = 0
    body.on('data', () => {
      count += 1
      body.destroy(new Error('the line broke'))
    })
    expect(count).toBe(0)
    return { info, body }
  }
  expect(await one.run('recall', [path], faulty({ get }))).toMatchObject([{ message: /as before: the line broke/ }])
  expect(statSync(path).blocks).toBe(0)
  await one.run('recall', [path])
  expect(readFileSync(path, 'utf8')).toBe(TEXT)
})

test('leaves what somebody writes to a stub while its data come, or do not come', async () => {
  const real = createDiskStorage({ root: one.bucket })
  const writing = (path: string, fails: boolean) => {
    const get: ObjectStorage['get'] = async (key) => {
      const found = await real.get(key)
      writeFileSync(path, 'of my own', { flag: 'r+' })
      if (!fails) return found
      found.body.destroy()
      throw new Error('the line broke')
    }
    return faulty({ get })
  }
  for (const fails of [false, true]) {
    const path = await migrated(`f${fails}`)
    const disturbed = { outcome: 'failed', message: /^somebody wrote to it while its data came/ }
    expect(await one.run('recall', [path], writing(path, fails))).toMatchObject([disturbed])
    expect(readFileSync(path, 'utf8')).toMatch(/^of my own\0/)
    for (const step of ['recall', 'migrate'])
      expect(await one.run(step, [path])).toMatchObject([{ message: /it was written to/ }])
    await one.run('recall', [path], { arguments: { overwrite: true } })
    expect(readFileSync(path, 'utf8')).toBe(TEXT)
  }
})

test('does not take what was written to a file that is whole again for what was stored', async () => {
  const path = await migrated()
  const point = (name: string) => name === 'written' && writeFileSync(path, 'of my own', { flag: 'r+' })
  expect(await one.run('recall', [path], { parts: { point } })).toMatchObject([{ outcome: 'processed' }])
  expect(readFileSync(path, 'utf8')).toBe(`of my own${TEXT.slice(9)}`)
  expect(await one.run('migrate', [path], { arguments: { premigrate: true } })).toMatchObject([
    { outcome: 'processed' },
  ])
  await one.run('migrate', [path])
  await one.run('recall', [path])
  expect(readFileSync(path, 'utf8')).toBe(`of my own${TEXT.slice(9)}`)
})

test('never takes data away on the word of a storage that lost, or changed, what it took', async () => {
  writeFileSync(at('f'), TEXT)
  const lost = await one.run('migrate', [at('f')], faulty({ head: async () => undefined }))
  expect(lost).toMatchObject([
    { outcome: 'failed', message: /^checksum mismatch: f was stored in faulty, but now it is not there/ },
  ])
  const real = createDiskStorage({ root: one.bucket })
  const head = async (key: string) => {
    const info = await real.head(key)
    return info && { ...info, metadata: { ...info.metadata, 'ngenea-hash': 'another' } }
  }
  await real.delete('f')
  expect(await one.run('migrate', [at('f')], faulty({ head }))).toMatchObject([{ message: /now it is another object/ }])
  const put = async () => Promise.reject(new Error('no room'))
  await real.delete('f')
  expect(await one.run('migrate', [at('f')], faulty({ put }))).toMatchObject([
    { outcome: 'failed', message: 'no room' },
  ])
  expect(readFileSync(at('f'), 'utf8')).toBe(TEXT)
  expect(one.ledger.stateAt(at('f'))).toBeUndefined()
})

test('what a crash left half punched is never taken for the file, and finished when its storage answers', async () => {
  writeFileSync(at('f'), TEXT)
  const point = (name: string) => {
    if (name === 'truncated') throw new Error('as if killed')
  }
  await one.result('migrate', [at('f')], { parts: { point } })
  expect([statSync(at('f')).size, one.ledger.journal()[0]?.act]).toEqual([0, 'migrating'])
  const down = {
    arguments: { overwrite: true },
    parts: { storageFor: () => Promise.reject(new Error('no answer')) },
  }
  for (const step of ['migrate', 'recall']) {
    const [outcome] = await one.run(step, [at('f')], down)
    expect(outcome).toMatchObject({ outcome: 'failed', message: /half of something/ })
  }
  const found = await one.run('migrate', [at('f')], { arguments: { overwrite: true } })
  expect(found).toMatchObject([{ outcome: 'skipped', already: true }])
  await one.run('recall', [at('f')])
  expect(readFileSync(at('f'), 'utf8')).toBe(TEXT)
})

test('a full disk leaves the stub, and says so', async (context) => {
  const folder = testFolder()
  const disk = join(folder, 'small')
  mkdirSync(disk)
  if (!mountSmallDisk(disk, '200k')) context.skip('nothing can be mounted here')
  try {
    const small = makeMoverSite(folder, 'small')
    const path = join(small.root, 'f')
    writeFileSync(path, 'x'.repeat(60_000))
    await small.run('migrate', [path])
    execFileSync('sh', ['-c', 'cat /dev/zero > "$0/fill" 2>/dev/null; truncate -s -8192 "$0/fill"', disk])
    expect(await small.run('recall', [path])).toMatchObject([
      { outcome: 'failed', message: /it is as before: the disk is full/ },
    ])
    expect(statSync(path).blocks).toBe(0)
    rmSync(join(disk, 'fill'))
    await small.run('recall', [path])
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(60_000))
  } finally {
    unmount(disk)
  }
})
