import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { testFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'

let folder: string
let one: MoverSite
const at = (name: string) => join(one.root, name)
const file = (path: string) => ({ path, type: 'file' as const, sizeBytes: 1, state: 'created' })

beforeEach(() => {
  folder = testFolder()
  one = makeMoverSite(folder)
})

test('touches nothing outside of the roots, by no path and through no link', async () => {
  const outside = join(folder, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'f'), 'secret')
  symlinkSync(outside, at('link'))
  const paths = [join(outside, 'f'), `${one.root}/../outside/f`, `${one.root}/link/f`, one.root, 'relative']
  const outcomes = await one.run('migrate', paths.map(file))
  expect(outcomes.every(({ outcome }) => outcome === 'failed')).toBe(true)
  expect(outcomes.map(({ message }) => message)).toEqual([
    expect.stringMatching(/outside of the site's roots/),
    expect.stringMatching(/plain absolute path/),
    expect.stringMatching(/link, which is not followed/),
    expect.stringMatching(/root of the site itself/),
    expect.stringMatching(/plain absolute path/),
  ])
  await one.run('delete', paths.map(file))
  expect(readFileSync(join(outside, 'f'), 'utf8')).toBe('secret')
})

test('follows no link that somebody swaps in while it works', async () => {
  const outside = join(folder, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'f'), 'secret')
  mkdirSync(at('d'))
  writeFileSync(at('d/f'), 'ours')
  symlinkSync(outside, at('swap'))
  const script = `cd "$0" && while :; do mv -T d e && mv -T swap d && mv -T d swap && mv -T e d && echo; done`
  const racer = spawn('sh', ['-c', script, one.root], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(racer.stdout, 'data')
  racer.stdout.resume()
  try {
    for (let turn = 0; turn < 150; turn += 1) {
      await one.run('migrate', [file(at('d/f'))], { arguments: { overwrite: true } })
      await one.run('recall', [file(at('d/f'))])
    }
  } finally {
    racer.kill('SIGKILL')
    await once(racer, 'exit')
  }
  expect(readFileSync(join(outside, 'f'), 'utf8')).toBe('secret')
  const objects = readdirSync(one.bucket, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const { parentPath, name } of objects) expect(readFileSync(join(parentPath, name), 'utf8')).not.toBe('secret')
})

describe.skipIf(process.geteuid?.() !== 0)('with the rights of another account', () => {
  const identity = { name: 'nobody', uid: 65534, gid: 65534, groups: [] }
  const switchTo = (to: typeof identity | null) => {
    process.seteuid!(0)
    process.setegid!(0)
    if (to === null) return
    process.setegid!(to.gid)
    process.seteuid!(to.uid)
  }
  const given = (more: Record<string, unknown> = {}) => ({ identity, parts: { switchTo }, arguments: more })

  beforeEach(() => {
    chmodSync(folder, 0o755)
    chmodSync(one.root, 0o777)
  })

  test('a program that runs as its owner stays one, where the mover is not root', async () => {
    execFileSync('chown', ['-R', '65534', folder])
    writeFileSync(at('f'), 'text')
    chownSync(at('f'), 65534, 65534)
    chmodSync(at('f'), 0o4755)
    switchTo(identity)
    try {
      for (const [step, blocks] of [
        ['migrate', 0],
        ['recall', 8],
      ] as const) {
        expect(await one.run(step, [at('f')])).toMatchObject([{ outcome: 'processed' }])
        expect([statSync(at('f')).blocks, statSync(at('f')).mode & 0o7777]).toEqual([blocks, 0o4755])
      }
    } finally {
      switchTo(null)
    }
  })

  test('a file that he may not read fails, and nothing else is touched', async () => {
    writeFileSync(at('closed'), 'secret', { mode: 0o600 })
    writeFileSync(at('open'), 'text', { mode: 0o666 })
    chmodSync(at('open'), 0o666)
    const [closed, open] = await one.run('migrate', [at('closed'), at('open')], given())
    expect(closed).toMatchObject({ outcome: 'failed', message: /^nobody may not \(EACCES\); ask its owner/ })
    expect(open).toMatchObject({ outcome: 'processed' })
    expect(readFileSync(at('closed'), 'utf8')).toBe('secret')
    expect(readdirSync(one.bucket)).not.toContain('closed')
  })

  test('what he may only read is premigrated and recalled for him, but not taken away', async () => {
    writeFileSync(at('f'), 'text', { mode: 0o644 })
    expect(await one.run('migrate', [at('f')], given())).toMatchObject([
      { outcome: 'failed', message: /nobody may not/ },
    ])
    expect(await one.run('migrate', [at('f')], given({ premigrate: true }))).toMatchObject([{ outcome: 'processed' }])
    await one.run('migrate', [at('f')])
    expect(await one.run('recall', [at('f')], given())).toMatchObject([{ outcome: 'processed' }])
    expect(readFileSync(at('f'), 'utf8')).toBe('text')
  })

  test('what he may only read loses neither what others wrote to it, nor its object, nor its times', async () => {
    writeFileSync(at('f'), 'text', { mode: 0o644 })
    await one.run('migrate', [at('f')])
    writeFileSync(at('f'), 'new', { flag: 'r+' })
    for (const more of ['overwrite', 'delete_remote', 'update_atime', 'update_mtime', 'skip_hash'])
      expect(await one.run('recall', [at('f')], given({ [more]: true })), more).toMatchObject([
        { outcome: 'failed', message: /nobody may not/ },
      ])
    expect(readFileSync(at('f'), 'utf8')).toMatch(/^new/)
    expect(readdirSync(one.bucket)).toContain('f')
  })

  test('an object of a file that he may not read makes no file of his', async () => {
    const other = makeMoverSite(folder, 'site2', one.bucket)
    chmodSync(other.root, 0o777)
    writeFileSync(at('closed'), 'secret', { mode: 0o600 })
    writeFileSync(at('open'), 'text', { mode: 0o644 })
    await one.run('migrate', [at('closed'), at('open')])
    const asked = { ...given({ hydrate: true }), origin: one.site }
    const [closed, open] = await other.run('reverse_stub', [at('closed'), at('open')], asked)
    expect(closed).toMatchObject({ outcome: 'failed', message: /nobody may not read/ })
    expect(open).toMatchObject({ outcome: 'processed' })
    expect(readdirSync(other.root)).toEqual(['open'])
    const theirs = { identity: { ...identity, groups: [statSync(at('closed')).gid] } }
    chmodSync(at('closed'), 0o640)
    await one.run('migrate', [at('closed')])
    const again = await other.run('reverse_stub', [at('closed')], { ...asked, ...theirs })
    expect(again).toMatchObject([{ outcome: 'processed' }])
  })

  test('what is made for him is his, and nothing is made or removed where he may not', async () => {
    const other = makeMoverSite(folder, 'site2', one.bucket)
    chmodSync(other.root, 0o777)
    writeFileSync(at('f'), 'text', { mode: 0o4755 })
    await one.run('migrate', [at('f')])
    await other.run('reverse_stub', [at('f')], { ...given(), origin: one.site })
    const { uid, mode } = statSync(join(other.root, 'f'))
    expect([uid, mode & 0o7777]).toEqual([65534, 0o755])
    chmodSync(other.root, 0o755)
    const removed = await other.run('delete', [at('f')], { ...given(), origin: one.site })
    expect(removed).toMatchObject([{ outcome: 'failed', message: /nobody may not/ }])
    expect(readdirSync(other.root)).toEqual(['f'])
  })
})
