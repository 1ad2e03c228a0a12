import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLinuxAccounts } from '../../../src/auth/linux-account.ts'
import { testFolder } from '../../support/folder.ts'

const NAME = `ymtest${process.pid}`
const isRoot = process.getuid?.() === 0
const canAdd = isRoot && spawnSync('useradd', ['--help']).status === 0
const ROOT = { name: 'root', uid: 0 }

/** A program in place of the host's, written in shell. */
function program(body: string): string[] {
  const path = join(testFolder(), 'helper')
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  return [path]
}

describe.skipIf(!canAdd)('passwords of real accounts of this host (skipped unless root)', () => {
  beforeAll(() => {
    execFileSync('useradd', ['--no-create-home', '--shell', '/bin/sh', NAME])
    execFileSync('chpasswd', { input: `${NAME}:correct horse\n` })
  })
  afterAll(() => void spawnSync('userdel', [NAME]))

  const accounts = () => createLinuxAccounts({ own: ROOT, checkPasswordPam: [] })

  test.each([
    ['correct horse', true],
    ['wrong', false],
    ['', false],
    ['correct horse\0', false],
    ['correct horse ', false],
    ['x'.repeat(600), false],
  ])('%j: %s', async (password, expected) => expect(await accounts().verify(NAME, password)).toBe(expected))

  test('an unknown account, and one that has no password, are not let in', async () => {
    expect(await accounts().verify('nobody-here', 'x')).toBe(false)
    expect(await accounts().verify('daemon', '')).toBe(false)
    expect(await accounts().verify('daemon', '*')).toBe(false)
  })

  test('an expired account is not let in, nor a locked one', async () => {
    execFileSync('usermod', ['--expiredate', '2020-01-01', NAME])
    expect(await accounts().verify(NAME, 'correct horse')).toBe(false)
    execFileSync('usermod', ['--expiredate', '', '--lock', NAME])
    expect(await accounts().verify(NAME, 'correct horse')).toBe(false)
    execFileSync('usermod', ['--unlock', NAME])
    expect(await accounts().verify(NAME, 'correct horse')).toBe(true)
  })
})

describe('the program that is asked', () => {
  test('never sees the password among its arguments or in its environment', async () => {
    const folder = testFolder()
    const unixChkpwd = program(`cat /proc/$$/cmdline /proc/$$/environ > ${folder}/seen; cat > ${folder}/input`)
    const accounts = createLinuxAccounts({ own: ROOT, checkPasswordPam: [], unixChkpwd })
    expect(await accounts.verify('alice', 'correct horse')).toBe(true)
    expect(readdirSync(folder)).toEqual(['input', 'seen'])
    expect(readFileSync(join(folder, 'seen'), 'utf8')).not.toContain('horse')
  })

  test('gets name, password and a time on descriptor 3 where all of PAM can be asked', async () => {
    const folder = testFolder()
    const checkPasswordPam = program(`tr '\\0' '|' <&3 > ${folder}/input; echo "$@" > ${folder}/args`)
    const accounts = createLinuxAccounts({ own: ROOT, checkPasswordPam, unixChkpwd: [] })
    expect(await accounts.verify('alice', 'correct horse')).toBe(true)
    expect(readFileSync(join(folder, 'input'), 'utf8')).toBe('alice|correct horse|Y0|')
    expect(readFileSync(join(folder, 'args'), 'utf8')).toMatch(/^--service \S+ --noenv -- \/bin\/true\n$/)
  })

  test('is not waited for beyond its time, and its failure is no wrong password', async () => {
    const stuck = createLinuxAccounts({
      own: ROOT,
      checkPasswordPam: [],
      unixChkpwd: program('exec sleep 60'),
      timeoutMs: 50,
    })
    await expect(stuck.verify('alice', 'x')).rejects.toMatchObject({ code: 'unavailable' })
    const broken = createLinuxAccounts({ own: ROOT, checkPasswordPam: program('exit 111'), unixChkpwd: [] })
    await expect(broken.verify('alice', 'x')).rejects.toMatchObject({ code: 'unavailable' })
    const refusing = createLinuxAccounts({ own: ROOT, checkPasswordPam: program('exit 1'), unixChkpwd: [] })
    expect(await refusing.verify('alice', 'x')).toBe(false)
  })
})

test('a server that cannot check Linux passwords says why', async () => {
  const none = createLinuxAccounts({ own: ROOT, checkPasswordPam: [], unixChkpwd: [] })
  expect(none.obstacle()).toContain('install the package')
  expect(await none.verify('root', 'x')).toBe(false)
  const own = createLinuxAccounts({
    own: { name: userInfo().username, uid: 1000 },
    checkPasswordPam: [],
    unixChkpwd: program('exit 0'),
  })
  expect(own.obstacle()).toContain('does not run as root')
  expect(await own.verify('somebody-else', 'x')).toBe(false)
})
