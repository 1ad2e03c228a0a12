/** Stubs without a ledger: what they carry brings their data back, and nothing else. */

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { getAttributeSync, setAttributeSync } from '@napi-rs/xattr'
import { beforeEach, describe, expect, test } from 'vitest'
import { makeFolder, testFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'

const NAME = 'user.ngenea.guuid'
const TEXT = 'the text '.repeat(2000)

let folder: string
let one: MoverSite
const at = (name: string) => join(one.root, name)
const labelOf = (path: string) => String(getAttributeSync(path, NAME))

function write(name: string, text = TEXT): string {
  writeFileSync(at(name), text)
  return at(name)
}

/** The same files and objects, and a ledger that knows nothing of them. */
function loseLedger(): void {
  one.ledger.close()
  rmSync(join(folder, 'site1-ledger'), { recursive: true })
  one = makeMoverSite(folder)
}

function hasAttributes(): boolean {
  const place = makeFolder()
  try {
    setAttributeSync(place, NAME, '')
    return true
  } catch {
    console.warn('skipped: labels of stubs, which need a file system with extended attributes')
    return false
  } finally {
    rmSync(place, { recursive: true })
  }
}

describe.skipIf(!hasAttributes())('a stub', () => {
  beforeEach(() => {
    folder = testFolder()
    one = makeMoverSite(folder)
  })

  test('carries where its data are, until they are back', async () => {
    const path = write('a')
    await one.run('migrate', [path], { arguments: { premigrate: true } })
    expect(getAttributeSync(path, NAME)).toBeNull()
    await one.run('migrate', [path])
    expect(labelOf(path)).toBe(one.ledger.stateAt(path)?.locations[0]?.uuid)
    expect(statSync(path).blocks).toBe(0)
    await one.run('recall', [path])
    expect(getAttributeSync(path, NAME)).toBeNull()
  })

  test('that was made of an object carries it too', async () => {
    const path = write('a')
    await one.run('migrate', [path])
    const two = makeMoverSite(folder, 'site2', one.bucket)
    await two.run('reverse_stub', [path], { origin: one.site })
    expect(labelOf(join(two.root, 'a'))).toBe(labelOf(path))
    two.ledger.close()
  })

  test.each([{}, { delete_remote: true }])('gets its data back when the ledger is lost, with %o', async (given) => {
    const path = write('a')
    await one.run('migrate', [path])
    loseLedger()
    expect(await one.run('recall', [path], { arguments: given })).toMatchObject([{ outcome: 'processed' }])
    expect(readFileSync(path, 'utf8')).toBe(TEXT)
    expect(existsSync(join(one.bucket, 'a'))).toBe(given.delete_remote !== true)
  })

  test('is known again when it is migrated without its ledger', async () => {
    const path = write('a')
    await one.run('migrate', [path])
    loseLedger()
    expect(await one.run('migrate', [path])).toMatchObject([{ outcome: 'skipped', already: true }])
    expect(one.ledger.stateAt(path)).toMatchObject({ state: 'migrated', locations: [{ key: 'a', target: 'archive' }] })
    expect(readFileSync(join(one.bucket, 'a'), 'utf8')).toBe(TEXT)
  })

  test('that was restored to its place gets its data back', async () => {
    const path = write('a')
    await one.run('migrate', [path])
    execFileSync('cp', ['-a', path, at('backup')])
    rmSync(path)
    renameSync(at('backup'), path)
    expect(await one.run('recall', [path])).toMatchObject([{ outcome: 'processed' }])
    expect(readFileSync(path, 'utf8')).toBe(TEXT)
  })

  test('that somebody fills anew is none any more', async () => {
    const path = write('a')
    await one.run('migrate', [path])
    write('a', 'new text')
    await one.run('migrate', [path], { arguments: { premigrate: true } })
    expect(getAttributeSync(path, NAME)).toBeNull()
    execFileSync('cp', ['-a', path, at('b')])
    expect(await one.run('migrate', [at('b')])).toMatchObject([{ outcome: 'processed' }])
    expect(readFileSync(join(one.bucket, 'b'), 'utf8')).toBe('new text')
  })

  // cp writes the zeros of small files out.
  test.each([TEXT, 'ab'])(
    'that is a copy is neither taken for zeros nor given the data of another place',
    async (text) => {
      const path = write('a', text)
      await one.run('migrate', [path])
      execFileSync('cp', ['-a', path, at('b')])
      for (const step of ['migrate', 'recall'])
        expect(await one.run(step, [at('b')])).toMatchObject([
          { outcome: 'failed', message: expect.stringMatching(/copy of a stub, without its data.*recall the file/) },
        ])
      expect(existsSync(join(one.bucket, 'b'))).toBe(false)
    },
  )

  test('that somebody labelled himself does not bring what is another account’s', async () => {
    const path = write('secret')
    await one.run('migrate', [path])
    const label = getAttributeSync(path, NAME)!
    const { mtimeMs } = statSync(path)
    rmSync(path)
    loseLedger()
    // What its object says of the owner is not who owns the file.
    const sidecars = join(one.bucket, '.yardmaster-metadata')
    mkdirSync(join(folder, 'kept'))
    cpSync(sidecars, join(folder, 'kept'), { recursive: true })
    execFileSync('sh', ['-c', `sed -i 's/"ngenea-uid":"[0-9]*"/"ngenea-uid":"4711"/' ${sidecars}/*`])
    execFileSync('truncate', ['-s', String(TEXT.length), path])
    setAttributeSync(path, NAME, label)
    execFileSync('touch', ['-d', `@${mtimeMs / 1000}`, path])
    expect(await one.run('recall', [path])).toMatchObject([{ outcome: 'failed' }])
  })

  test.each(['', 'x', '../../etc/passwd', 'x'.repeat(3000)])(
    'with the label %j is an ordinary file with holes',
    async (label) => {
      const path = at('sparse')
      execFileSync('truncate', ['-s', '1M', path])
      setAttributeSync(path, NAME, label)
      expect(await one.run('migrate', [path], { arguments: { premigrate: true } })).toMatchObject([
        { outcome: 'processed' },
      ])
      copyFileSync(join(one.bucket, 'sparse'), at('copy'))
      expect(statSync(at('copy')).size).toBe(1 << 20)
    },
  )
})
