/** What only a disk does: plain files, links, crashes, permissions. The contract is in test/contract/object-storage.ts. */

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDiskStorage } from '../../../src/object-storage/disk.ts'
import { testFolder } from '../../support/folder.ts'
import { mountSmallDisk, unmount } from '../../support/small-disk.ts'

const isRoot = process.getuid?.() === 0
/** No process has it: it is larger than any that Linux gives. */
const DEAD_PID = 2 ** 22 + 1

function aDisk() {
  const root = join(testFolder(), 'root')
  const storage = createDiskStorage({ root })
  const put = (key: string, body = 'text', metadata?: Record<string, string>) =>
    storage.put(key, Buffer.from(body), metadata && { metadata })
  const keys = async (prefix = '') => (await Array.fromAsync(storage.list(prefix))).map(({ key }) => key)
  const files = () => readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
  return { root, storage, put, keys, files }
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length
}

describe('the folder of a disk', () => {
  test('holds each object as a plain file at its key, and nothing else', async () => {
    const { root, put, files } = aDisk()
    await put('emmy/1403/244/1608923076/meta.json', '{}')
    await put('version.txt', '3')
    expect(readFileSync(join(root, 'emmy/1403/244/1608923076/meta.json'), 'utf8')).toBe('{}')
    const folders = ['emmy', 'emmy/1403', 'emmy/1403/244', 'emmy/1403/244/1608923076']
    expect(files()).toEqual([...folders, 'emmy/1403/244/1608923076/meta.json', 'version.txt'])
  })

  test('shows files that other programs put there', async () => {
    const { root, storage, keys } = aDisk()
    mkdirSync(join(root, 'a'), { recursive: true })
    writeFileSync(join(root, 'a/theirs'), 'x')
    expect(await keys()).toEqual(['a/theirs'])
    expect(await storage.head('a/theirs')).toMatchObject({ sizeBytes: 1, metadata: {} })
  })

  test('is empty before the first object, and is not made by looking', async () => {
    const { root, storage, keys } = aDisk()
    expect(await keys()).toEqual([])
    expect(await storage.head('a/b')).toBeUndefined()
    await storage.delete('a/b')
    expect(existsSync(root)).toBe(false)
  })

  test('loses the folders that a deletion leaves empty, and only those', async () => {
    const { root, storage, put, files } = aDisk()
    await put('a/b/c/d', 'x', { hash: '1' })
    await put('a/e', 'x')
    await storage.delete('a/b/c/d')
    expect(files()).toEqual(['a', 'a/e'])
    await storage.delete('a/e')
    expect(files()).toEqual([])
    expect(existsSync(root)).toBe(true)
  })

  test('keeps what is put while the last object beside it is deleted', async () => {
    const { storage, put, keys } = aDisk()
    const rounds = Array.from({ length: 40 }, (_, round) => round)
    const churn = rounds.map(async (round) => {
      await put(`a/b/gone-${round}`, 'x', { hash: '1' })
      await storage.delete(`a/b/gone-${round}`)
    })
    const kept = rounds.map((round) => put(`a/b/kept-${round}`, 'x', { hash: String(round) }))
    await Promise.all([...churn, ...kept])
    expect(await keys()).toEqual(rounds.map((round) => `a/b/kept-${round}`).sort())
    expect(await storage.head('a/b/kept-7')).toMatchObject({ metadata: { hash: '7' } })
  })

  test('can be copied with its times, and the metadata come along', async () => {
    const { root, put } = aDisk()
    await put('a/b', 'x', { hash: '1' })
    cpSync(root, `${root}-copy`, { recursive: true, preserveTimestamps: false })
    rmSync(`${root}-copy`, { recursive: true })
    execFileSync('cp', ['-a', root, `${root}-copy`])
    expect(await createDiskStorage({ root: `${root}-copy` }).head('a/b')).toMatchObject({ metadata: { hash: '1' } })
  })

  test('does not give the metadata of an object to a file that another program put in its place', async () => {
    const { root, storage, put } = aDisk()
    await put('a', 'x', { hash: '1' })
    writeFileSync(join(root, 'b'), 'other')
    renameSync(join(root, 'b'), join(root, 'a'))
    expect((await storage.head('a'))?.metadata).toEqual({})
  })
})

describe('a key on a disk', () => {
  test('cannot be below another object, or be above one', async () => {
    const { put, storage } = aDisk()
    await put('a')
    await put('c/d')
    await expect(put('a/b')).rejects.toMatchObject({
      code: 'conflict',
      message: '"a" is an object, and on a disk nothing can be below one',
    })
    await expect(put('c')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('"c" is a folder'),
    })
    expect(await storage.head('a/b')).toBeUndefined()
    await expect(storage.get('c')).rejects.toMatchObject({ code: 'not_found' })
    await storage.delete('c')
    expect(await storage.head('c/d')).toBeDefined()
  })

  test('with a part longer than a file name is refused in words', async () => {
    const { put } = aDisk()
    await expect(put('x'.repeat(300))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('a part of the key is longer than this disk takes'),
    })
  })

  test('cannot be one of the names that this house keeps', async () => {
    const { put } = aDisk()
    await expect(put('a/.yardmaster-metadata/b')).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('a link below the root', () => {
  function aDiskWithLinks() {
    const disk = aDisk()
    const outside = join(dirname(disk.root), 'outside')
    mkdirSync(join(disk.root, 'a'), { recursive: true })
    mkdirSync(outside)
    writeFileSync(join(outside, 'secret'), 'secret')
    symlinkSync(outside, join(disk.root, 'folder'))
    symlinkSync(join(outside, 'secret'), join(disk.root, 'a/file'))
    return { ...disk, outside }
  }

  test.each(['folder/secret', 'a/file'])('is not read through: %s', async (key) => {
    const { storage, keys } = aDiskWithLinks()
    await expect(storage.get(key)).rejects.toMatchObject({ code: 'not_found' })
    expect(await storage.head(key)).toBeUndefined()
    expect(await keys()).toEqual([])
    expect(await keys('folder/')).toEqual([])
  })

  test('is not written or deleted through', async () => {
    const { root, put, storage, outside } = aDiskWithLinks()
    await expect(put('folder/new')).rejects.toMatchObject({
      code: 'conflict',
      message: '"folder" is a link, which is not followed',
    })
    await storage.delete('folder/secret')
    await put('a/file', 'own')
    expect(readdirSync(outside)).toEqual(['secret'])
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
    expect(readFileSync(join(root, 'a/file'), 'utf8')).toBe('own')
  })

  test('leads no writer out that is put in the place of a folder meanwhile', async () => {
    const { root, storage, outside, put } = aDiskWithLinks()
    await put('b/c/old')
    let isSwapped = false
    const body = Readable.from(
      (async function* () {
        yield Buffer.from('one')
        renameSync(join(root, 'b/c'), join(root, 'b/away'))
        symlinkSync(outside, join(root, 'b/c'))
        isSwapped = true
        yield Buffer.from('two')
      })(),
    )
    await expect(storage.put('b/c/new', body)).rejects.toMatchObject({ code: 'conflict' })
    expect(isSwapped).toBe(true)
    expect(readdirSync(outside)).toEqual(['secret'])
  })

  test('may be the root itself', async () => {
    const { root, put } = aDisk()
    await put('a')
    symlinkSync(root, `${root}-link`)
    const linked = createDiskStorage({ root: `${root}-link` })
    expect(await text((await linked.get('a')).body)).toBe('text')
  })
})

describe('what is no file', () => {
  test('is no object, and nobody waits for it', async () => {
    const { root, storage, put, keys } = aDisk()
    await put('plain')
    execFileSync('mkfifo', [join(root, 'pipe')])
    expect(await storage.head('pipe')).toBeUndefined()
    await expect(storage.get('pipe')).rejects.toMatchObject({ code: 'not_found' })
    expect(await keys()).toEqual(['plain'])
  })
})

describe('after a crash', () => {
  test('half-written files are never shown, and are gone once something is stored', async () => {
    const { root, put, keys, files } = aDisk()
    const host = execFileSync('hostname', { encoding: 'utf8' })
      .trim()
      .replace(/[^a-zA-Z0-9.]/g, '')
    mkdirSync(join(root, 'emmy'), { recursive: true })
    const drafts = ['', 'emmy/'].map((place) => `${place}.yardmaster-partial-${host}-${DEAD_PID}-0123456789abcdef`)
    const others = `.yardmaster-partial-other.host-${DEAD_PID}-0123456789abcdef`
    for (const draft of [...drafts, others]) writeFileSync(join(root, draft), 'half')
    expect(await keys()).toEqual([])
    await put('emmy/a')
    expect(files()).toEqual([others, 'emmy', 'emmy/a'])
  })

  test('files that another process is writing now are left alone', async () => {
    const { root, put, storage, files } = aDisk()
    const host = execFileSync('hostname', { encoding: 'utf8' })
      .trim()
      .replace(/[^a-zA-Z0-9.]/g, '')
    const draft = `.yardmaster-partial-${host}-${process.ppid}-0123456789abcdef`
    mkdirSync(root)
    writeFileSync(join(root, draft), 'half')
    await put('a')
    expect(files()).toEqual([draft, 'a'])
    await storage.close()
  })

  test('a writer that was killed leaves the old object', async () => {
    const { root, put, storage } = aDisk()
    await put('a/b', 'old', { hash: '1' })
    const program = `
      const { createDiskStorage } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/object-storage/disk.ts'))})
      const { Readable } = await import('node:stream')
      const body = Readable.from((async function* () {
        yield Buffer.alloc(1_000_000)
        process.kill(process.pid, 'SIGKILL')
        yield Buffer.alloc(1_000_000)
      })())
      await createDiskStorage({ root: ${JSON.stringify(root)} }).put('a/b', body, { metadata: { hash: '2' } })`
    expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' })).toThrow()
    expect(await text((await storage.get('a/b')).body)).toBe('old')
    expect((await storage.head('a/b'))?.metadata).toEqual({ hash: '1' })
    await createDiskStorage({ root }).put('c', Buffer.from('x'))
    expect(readdirSync(join(root, 'a')).sort()).toEqual(['.yardmaster-metadata', 'b'])
  })
})

describe('a disk that refuses', () => {
  test('says that the server may not write', async () => {
    const { root, put, storage } = aDisk()
    mkdirSync(root)
    chmodSync(root, 0o555)
    for (let above = dirname(root); above !== dirname(above); above = dirname(above))
      if (isRoot && above.startsWith(`${tmpdir()}/`)) chmodSync(above, 0o755)
    // Root may do everything: for the moment it is nobody.
    if (isRoot) process.seteuid!(65_534)
    onTestFinished(() => void (isRoot && process.seteuid!(0)))
    await expect(put('a')).rejects.toMatchObject({
      code: 'unavailable',
      message: `storing a in ${storage.name}: the server may not (EACCES)`,
    })
  })

  test('because its root is a file says so', async () => {
    const { root, put, keys } = aDisk()
    writeFileSync(root, '')
    const refusal = { code: 'unavailable', message: expect.stringMatching(/ENOTDIR|EEXIST/) }
    await expect(put('a')).rejects.toMatchObject(refusal)
    await expect(keys()).rejects.toMatchObject(refusal)
  })

  test('because it is full says so, keeps what it had, and takes objects again when there is room', async (context) => {
    const folder = testFolder()
    if (!mountSmallDisk(folder, '1m')) return context.skip('nothing can be mounted here')
    onTestFinished(() => unmount(folder))
    const storage = createDiskStorage({ root: folder })
    await storage.put('a', Buffer.alloc(600_000))
    await expect(storage.put('b', Readable.from([Buffer.alloc(600_000)]))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('the disk is full (ENOSPC)'),
    })
    expect(readdirSync(folder)).toEqual(['a'])
    await storage.delete('a')
    await storage.put('b', Buffer.alloc(600_000))
  })

  test('because a file shrinks while it is read ends the stream with what is missing', async () => {
    const { root, storage, put } = aDisk()
    await put('a', 'x'.repeat(2_000_000))
    const { body } = await storage.get('a')
    truncateSync(join(root, 'a'), 1_000_000)
    await expect(buffer(body)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('the file ends at byte 1000000 of 2000000'),
    })
  })
})

test('no file stays open, however a call ends', async () => {
  const { storage, put, keys } = aDisk()
  await put('a/b/c', 'x'.repeat(1_000_000), { hash: '1' })
  const before = openFiles()
  for (let round = 0; round < 20; round++) {
    const { body } = await storage.get('a/b/c')
    if (round % 2 === 0) await buffer(body)
    else await new Promise((resolve) => body.once('close', resolve).destroy())
    await storage.get('a/b/c', { range: { fromByte: 5_000_000 } }).catch(() => undefined)
    await put('a/b', 'x').catch(() => undefined)
    await put('a/b/c/d', 'x').catch(() => undefined)
    await storage.head('a/b/none')
    for await (const _ of storage.list('')) break
    await keys()
  }
  expect(openFiles()).toBe(before)
})
