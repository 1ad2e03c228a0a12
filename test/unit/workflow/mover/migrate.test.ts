import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { createDiskStorage } from '../../../../src/object-storage/disk.ts'
import { bytesOfPath, textOfPath } from '../../../../src/workflow/path-name.ts'
import { testFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'

let folder: string
let one: MoverSite
const at = (name: string) => join(one.root, name)
const object = (key: string) => readFileSync(join(one.bucket, key), 'utf8')
const write = (name: string, text = `the text of ${name}`) => {
  writeFileSync(at(name), text)
  return at(name)
}
const blocks = (path: string) => statSync(path).blocks

beforeEach(() => {
  folder = testFolder()
  one = makeMoverSite(folder)
})

describe('premigrate', () => {
  test('copies a file to the key that is its path below the target, and leaves it as it is', async () => {
    mkdirSync(at('a'))
    const path = write('a/b.txt')
    const [outcome] = await one.run('migrate', [path], { arguments: { premigrate: true } })
    expect(outcome).toMatchObject({ path, outcome: 'processed', message: '', movedBytes: 19 })
    expect(object('a/b.txt')).toBe('the text of a/b.txt')
    expect(readFileSync(path, 'utf8')).toBe('the text of a/b.txt')
    expect(one.ledger.stateAt(path)).toMatchObject({ state: 'premigrated', locations: [{ key: 'a/b.txt' }] })
  })

  test('skips what is premigrated, and says that it may go on', async () => {
    const path = write('f')
    const premigrate = () => one.run('migrate', [path], { arguments: { premigrate: 'true' } })
    await premigrate()
    expect(await premigrate()).toMatchObject([{ outcome: 'skipped', already: true, message: /already/ }])
  })

  test('takes many small files in one stroke, each with its metadata', async () => {
    const paths = Array.from({ length: 300 }, (_, index) => write(`f${index}`, `text ${index}`))
    const outcomes = await one.run('migrate', paths, { arguments: { premigrate: true } })
    expect(outcomes.every(({ outcome }) => outcome === 'processed')).toBe(true)
    const storage = createDiskStorage({ root: one.bucket })
    const info = await storage.head('f299')
    expect(info?.metadata).toMatchObject({ 'ngenea-size': '8', 'ngenea-hash-alg': 'sha256', 'ngenea-type': 'file' })
    expect(object('f7')).toBe('text 7')
  })

  test('stores names with newlines, percent signs and bytes that are no UTF-8', async () => {
    const names = ['a\nb', '50%', textOfPath(Buffer.from([0x66, 0xff])), 'Grüße 🎈', '.yardmaster-x']
    const paths = names.map((name) => `${one.root}/${name}`)
    for (const path of paths) writeFileSync(bytesOfPath(path), path)
    const outcomes = await one.run('migrate', paths)
    expect(outcomes.map(({ outcome, message }) => [outcome, message])).toEqual(names.map(() => ['processed', '']))
    expect(
      readdirSync(one.bucket)
        .filter((name) => name !== '.yardmaster-metadata')
        .sort(),
    ).toEqual(['%2Eyardmaster-x', '50%25', 'Grüße 🎈', 'a%0Ab', 'f%FF'].sort())
    await one.run('recall', paths)
    for (const path of paths) expect(readFileSync(bytesOfPath(path), 'utf8')).toBe(Buffer.from(path).toString())
  })

  test('fails a path whose key would be too long, and says what to do', async () => {
    const deep = Array.from({ length: 5 }, (_, index) => String(index).repeat(240)).join('/')
    mkdirSync(at(deep), { recursive: true })
    const [outcome] = await one.run('migrate', [write(`${deep}/f`)])
    expect(outcome).toMatchObject({ outcome: 'failed', message: /more than the 1024 of an object: shorten the path/ })
  })

  test('passes over folders, pipes, and keeps links as links', async () => {
    mkdirSync(at('d'))
    spawnSync('mkfifo', [at('p')])
    symlinkSync('/etc/passwd', at('l'))
    const outcomes = await one.run('migrate', [at('d'), at('p'), at('l')])
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'processed'])
    expect(object('l')).toBe('')
    expect(existsSync(at('l'))).toBe(true)
  })

  test('adopts an object of the same content that somebody else put there', async () => {
    mkdirSync(one.bucket)
    writeFileSync(join(one.bucket, 'f'), 'same')
    const [outcome] = await one.run('migrate', [write('f', 'same')])
    expect(outcome).toMatchObject({ outcome: 'processed', movedBytes: 0 })
    expect(blocks(at('f'))).toBe(0)
    await one.run('recall', [at('f')])
    expect(readFileSync(at('f'), 'utf8')).toBe('same')
  })

  test('puts another content beside what is there, over it, or not at all', async () => {
    const path = write('f', 'first')
    await one.run('migrate', [path], { arguments: { premigrate: true } })
    writeFileSync(path, 'second')
    const refused = await one.run('migrate', [path], { arguments: { fail_on_mismatch: true } })
    expect(refused).toMatchObject([{ outcome: 'failed', message: /something else under f: nothing was changed/ }])
    await one.run('migrate', [path], { arguments: { premigrate: true } })
    const [{ key } = { key: '' }] = one.ledger.stateAt(path)?.locations ?? []
    expect(key).toMatch(/^f\.[0-9a-f-]{36}$/)
    expect([object('f'), object(key)]).toEqual(['first', 'second'])
    writeFileSync(path, 'third')
    await one.run('migrate', [path], { arguments: { premigrate: true, overwrite: true } })
    expect(object('f')).toBe('third')
  })

  test('fails what is missing, or aborts it where that was asked for', async () => {
    expect(await one.run('migrate', [at('x')])).toMatchObject([{ outcome: 'failed', message: 'there is no such file' }])
    const aborted = await one.run('migrate', [at('x')], { arguments: { abort_missing: true } })
    expect(aborted).toMatchObject([{ outcome: 'aborted' }])
  })

  test('a file that changes while it is copied is not claimed, and its object goes', async () => {
    const path = write('f')
    const point = (name: string) => name === 'stored' && appendFileSync(path, 'more')
    const failed = await one.run('migrate', [path], { parts: { point } })
    expect(failed).toMatchObject([{ outcome: 'failed', message: /changed while it was copied/ }])
    expect(existsSync(join(one.bucket, 'f'))).toBe(false)
    expect(one.ledger.stateAt(path)).toBeUndefined()
    const given = { arguments: { skip_modified_during_migrate: true }, parts: { point } }
    expect(await one.run('migrate', [path], given)).toMatchObject([{ outcome: 'skipped' }])
    expect(readFileSync(path, 'utf8')).toMatch(/^the text of f/)
  })
})

describe('migrate', () => {
  test('leaves a file of the same size, times and inode without data', async () => {
    const path = write('f', 'x'.repeat(20_000))
    utimesSync(path, 1_700_000_000.123456, 1_700_000_001.654321)
    const before = statSync(path, { bigint: true })
    expect(await one.run('migrate', [path])).toMatchObject([{ outcome: 'processed', movedBytes: 20_000 }])
    const after = statSync(path, { bigint: true })
    expect([after.size, after.ino, after.blocks]).toEqual([before.size, before.ino, 0n])
    expect(Math.abs(Number(after.mtimeNs - before.mtimeNs))).toBeLessThan(1000)
    expect(one.ledger.stateAt(path)).toMatchObject({ state: 'migrated', sizeBytes: 20_000 })
    expect(one.ledger.journal()).toEqual([])
  })

  test('keeps as many bytes from the start as stub_size says', async () => {
    const path = write('f', 'x'.repeat(20_000))
    await one.run('migrate', [path], { arguments: { stub_size: 4096 } })
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(4096) + '\0'.repeat(20_000 - 4096))
    await one.run('recall', [path])
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(20_000))
  })

  test('of a file that is premigrated only takes the data away', async () => {
    const path = write('f')
    await one.run('migrate', [path], { arguments: { premigrate: true } })
    expect(await one.run('migrate', [path])).toMatchObject([{ outcome: 'processed', movedBytes: 0 }])
    expect(blocks(path)).toBe(0)
  })

  test('of a premigrated file whose object was lost copies it again before', async () => {
    const path = write('f')
    await one.run('migrate', [path], { arguments: { premigrate: true } })
    await createDiskStorage({ root: one.bucket }).delete('f')
    expect(await one.run('migrate', [path])).toMatchObject([{ outcome: 'processed', movedBytes: 13 }])
    expect(object('f')).toBe('the text of f')
  })

  test('takes an empty file, a sparse one, and one larger than a piece', async () => {
    const paths = [write('empty', ''), write('sparse', ''), write('large', 'abc'.repeat(3_000_000))]
    truncateSync(paths[1]!, 3_000_000)
    const outcomes = await one.run('migrate', paths)
    expect(outcomes.map(({ outcome, message }) => [outcome, message])).toEqual(paths.map(() => ['processed', '']))
    await one.run('recall', paths)
    expect(readFileSync(paths[0]!, 'utf8')).toBe('')
    expect(readFileSync(paths[1]!).equals(Buffer.alloc(3_000_000))).toBe(true)
    expect(blocks(paths[1]!)).toBe(0)
    expect(readFileSync(paths[2]!, 'utf8')).toBe('abc'.repeat(3_000_000))
  })

  test('leaves files with other hard links alone', async () => {
    const path = write('f')
    linkSync(path, at('g'))
    expect(await one.run('migrate', [path])).toMatchObject([{ outcome: 'skipped', message: /2 hard links/ }])
    expect(readFileSync(at('g'), 'utf8')).toBe('the text of f')
  })

  test('leaves the data of a file that another process is writing', async () => {
    const path = write('f')
    const writer = spawn('sh', ['-c', 'exec 3>>"$0"; echo ready; read _', path], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(writer.stdout, 'data')
    try {
      const [outcome] = await one.run('migrate', [path])
      expect(outcome).toMatchObject({ outcome: 'skipped', message: /its data stay: process \d+ has it open to write/ })
      expect(readFileSync(path, 'utf8')).toBe('the text of f')
    } finally {
      writer.kill()
      await once(writer, 'exit')
    }
  })

  test('never takes a stub for the file: not when it is migrated again, nor when it was written to', async () => {
    const path = write('f', 'x'.repeat(100_000))
    await one.run('migrate', [path])
    expect(await one.run('migrate', [path], { arguments: { overwrite: true } })).toMatchObject([
      { outcome: 'skipped', already: true },
    ])
    const file = openSync(path, 'a')
    writeFileSync(file, 'new')
    closeSync(file)
    const [outcome] = await one.run('migrate', [path], { arguments: { overwrite: true } })
    expect(outcome).toMatchObject({ outcome: 'failed', message: /written to while its data were away/ })
    expect(object('f')).toBe('x'.repeat(100_000))
    expect(await one.run('recall', [path])).toMatchObject([{ outcome: 'failed', message: /would undo that/ }])
    await one.run('recall', [path], { arguments: { overwrite: true } })
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(100_000))
  })

  test('takes a stub that was written anew for a new file', async () => {
    const path = write('f', 'x'.repeat(100_000))
    await one.run('migrate', [path])
    writeFileSync(path, 'new')
    expect(await one.run('migrate', [path], { arguments: { overwrite: true } })).toMatchObject([
      { outcome: 'processed' },
    ])
    expect(object('f')).toBe('new')
  })

  test('sends the new mode of a stub without its data, or the data where stubs are to be migrated too', async () => {
    const path = write('f')
    await one.run('migrate', [path])
    chmodSync(path, 0o600)
    expect(await one.run('migrate', [path])).toMatchObject([{ outcome: 'processed', message: /mode and owner/ }])
    const info = await createDiskStorage({ root: one.bucket }).head('f')
    expect(info?.metadata['ngenea-mode']).toBe('0600')
    await one.run('migrate', [path], { arguments: { migrate_offline_files: true } })
    expect(blocks(path)).toBe(0)
    await one.run('recall', [path])
    expect(readFileSync(path, 'utf8')).toBe('the text of f')
  })

  test('refuses arguments that cannot be, and passes over those that it does not know', async () => {
    const path = write('f')
    const wrong = await one.result('migrate', [path], { arguments: { stub_size: -1 } })
    expect(wrong.failure).toBe('stub_size is -1: it must be a whole number from 0 on.')
    await one.run('migrate', [path], { arguments: { no_such_thing: 1, lock_level: 'none' } })
    expect(blocks(path)).toBe(0)
  })

  test('the same file twice in a batch, and in two tasks at once, is migrated once', async () => {
    const paths = Array.from({ length: 40 }, (_, index) => write(`f${index}`))
    const [first, second] = await Promise.all([one.run('migrate', [...paths, ...paths]), one.run('migrate', paths)])
    const processed = [...first, ...second].filter(({ outcome }) => outcome === 'processed')
    expect(processed).toHaveLength(40)
    expect([...first, ...second].filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(readdirSync(one.bucket).filter((name) => name.startsWith('f'))).toHaveLength(40)
  })

  test('shows how much of all the files in hand has passed, though they are done together', async () => {
    const paths = ['a', 'b', 'c'].map((name) => write(name, 'x'.repeat(5_000_000)))
    const told: [done: number, movedBytes: number][] = []
    const progress = (...one: [number, number]) => void told.push(one)
    await one.run('migrate', paths, { parts: { progress } })
    expect(Math.max(...told.filter(([done]) => done === 0).map(([, movedBytes]) => movedBytes))).toBe(15_000_000)
    expect(told.at(-1)).toEqual([3, 15_000_000])
    const bytes = told.map(([, movedBytes]) => movedBytes)
    expect(bytes).toEqual(bytes.toSorted((one, other) => one - other))
  })

  test('stops after the file in hand, and says which were not begun', async () => {
    const paths = Array.from({ length: 600 }, (_, index) => write(`f${index}`))
    const ending = new AbortController()
    const parts = { progress: () => ending.abort(), ending: ending.signal }
    const { outcomes, left } = await one.result('migrate', paths, { parts })
    const processed = outcomes.filter(({ outcome }) => outcome === 'processed')
    expect(processed.length).toBeLessThan(600)
    expect(left).toEqual([...paths.keys()].slice(processed.length))
    expect(outcomes.at(-1)).toMatchObject({ outcome: 'aborted', message: /stopped before/ })
  })
})
