import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import { openSiteLedger } from '../../../../src/store/sqlite/site/ledger.ts'
import type { FileState, JournalEntry, ManifestEntry, SiteLedger } from '../../../../src/workflow/site-ledger.ts'
import { HandClock } from '../../../support/clock.ts'
import { testFolder } from '../../../support/folder.ts'

let file: string
let clock: HandClock
let ledger: SiteLedger

beforeEach(() => {
  file = join(testFolder(), 'sites/one/ledger.db')
  clock = new HandClock()
  ledger = openSiteLedger(file, clock)
})

const idOf = (ino: number) => ({ dev: '1', ino: String(ino), birth: '5' })
const stateOf = (ino: number, path: string): FileState => ({
  id: idOf(ino),
  path,
  state: 'migrated',
  locations: [{ target: 'bucket', key: path.slice(1), uuid: 'u' }],
  sizeBytes: 2 ** 40,
  mtimeNs: '1700000000123456789',
  hash: { algorithm: 'xxh3', value: 'ab' },
  mode: 0o100644,
  uid: 1,
  gid: 2,
  stubSizeBytes: 0,
})

describe('states of files', () => {
  test('are found by inode and by path, and forgotten when dropped', () => {
    ledger.commit({ set: [stateOf(1, '/r/a'), stateOf(2, '/r/b')] })
    expect(ledger.states([idOf(2), idOf(3), idOf(1)]).map((state) => state?.path)).toEqual(['/r/b', undefined, '/r/a'])
    expect(ledger.stateAt('/r/a')).toEqual(stateOf(1, '/r/a'))
    ledger.commit({ drop: [idOf(1)] })
    expect(ledger.stateAt('/r/a')).toBeUndefined()
  })

  test('of an inode that was given again are not those of the old file', () => {
    ledger.commit({ set: [stateOf(1, '/r/a')] })
    expect(ledger.states([{ ...idOf(1), birth: '6' }])).toEqual([undefined])
  })

  test('keep names that are no UTF-8', () => {
    const name = '/r/\udcff\udc80 — ü\n'
    ledger.commit({ set: [stateOf(1, name)] })
    expect(ledger.stateAt(name)?.path).toBe(name)
    expect(ledger.stateAt('/r/\ufffd\ufffd — ü\n')).toBeUndefined()
  })

  test('of a folder are its own children, not those further down or beside it', () => {
    const paths = ['/r/a', '/r/a-b', '/r/sub/c', '/r0/d', '/ra']
    ledger.commit({ set: paths.map((path, index) => stateOf(index, path)) })
    expect([...ledger.statesBelow('/r').keys()]).toEqual(['a', 'a-b'])
  })

  test('are seen by another mover at once', () => {
    const other = openSiteLedger(file, clock)
    ledger.commit({ set: [stateOf(1, '/r/a')] })
    expect(other.stateAt('/r/a')?.id).toEqual(idOf(1))
    other.close()
  })
})

test('a state and the end of its journal entry are one commit', () => {
  const entry: JournalEntry = { id: idOf(1), path: '/r/a', act: 'migrating', state: stateOf(1, '/r/a'), details: {} }
  ledger.commit({ begin: [entry] })
  expect(ledger.journal()).toEqual([entry])
  ledger.commit({ set: [stateOf(1, '/r/a')], end: [idOf(1)] })
  expect(ledger.journal()).toEqual([])
})

describe('locks', () => {
  test('are had by one at a time, and again by the same', () => {
    expect(ledger.lock([idOf(1), idOf(2)], 'me', 1000)).toEqual([idOf(1), idOf(2)])
    expect(ledger.lock([idOf(2), idOf(3)], 'you', 1000)).toEqual([idOf(3)])
    expect(ledger.lock([idOf(1)], 'me', 1000)).toEqual([idOf(1)])
    ledger.unlock([idOf(2)], 'you')
    expect(ledger.lock([idOf(2)], 'you', 1000)).toEqual([])
    ledger.unlock([idOf(2)], 'me')
    expect(ledger.lock([idOf(2)], 'you', 1000)).toEqual([idOf(2)])
  })

  test('of a mover that was killed come free when their time is up', () => {
    ledger.lock([idOf(1)], 'dead', 1000)
    clock.turn(1001)
    expect(ledger.lock([idOf(1)], 'you', 1000)).toEqual([idOf(1)])
  })
})

describe('manifests', () => {
  const entry = (path: string, ino: string): ManifestEntry => ({
    path,
    ino,
    type: 'file',
    sizeBytes: 1,
    mtimeNs: '1',
    ctimeNs: '2',
  })

  test('a draft becomes the accepted one in one step, and replaces it whole', () => {
    expect([...ledger.manifest('m')]).toEqual([])
    ledger.draft('m', [entry('b', '2'), entry('a', '1')])
    expect([...ledger.manifest('m')]).toEqual([])
    ledger.rotate('m')
    expect([...ledger.manifest('m')].map(({ path }) => path)).toEqual(['a', 'b'])
    ledger.draft('m', [entry('c', '3')])
    ledger.rotate('m')
    expect([...ledger.manifest('m')]).toEqual([entry('c', '3')])
    expect(ledger.manifestEntryByIno('m', '3')?.path).toBe('c')
    expect(ledger.manifestEntryByIno('m', '1')).toBeUndefined()
  })

  test('a draft that was cleared leaves nothing behind', () => {
    ledger.draft('m', [entry('a', '1')])
    ledger.clearDraft('m')
    ledger.draft('m', [entry('b', '2')])
    ledger.rotate('m')
    expect([...ledger.manifest('m')].map(({ path }) => path)).toEqual(['b'])
  })

  test('two of them can be read side by side, while a draft is written', () => {
    ledger.draft('m', [entry('a', '1'), entry('b', '2')])
    ledger.rotate('m')
    const [one, other] = [ledger.manifest('m'), ledger.manifest('m')]
    expect(one.next().value?.path).toBe('a')
    expect(other.next().value?.path).toBe('a')
    ledger.draft('m', [entry('x', '9')])
    expect(one.next().value?.path).toBe('b')
  })
})

test('a ledger of a newer version is refused', () => {
  ledger.close()
  const database = new DatabaseSync(file)
  database.exec('pragma user_version = 99')
  database.close()
  expect(() => openSiteLedger(file, clock)).toThrow('newer version')
})
