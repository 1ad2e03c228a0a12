/** `yardmaster`, `ncmgr` and `vovproject` as an administrator uses them. */

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../support/person.ts'

const BIN = join(ROOT, 'bin')

let home: string
let data: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'admin-'))
  data = join(home, 'data')
})
afterEach(() => {
  run('ncmgr', ['stop'])
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function run(program: string, words: readonly string[], input = '') {
  // The standard ports may be somebody else's.
  const ports = { YARDMASTER_COCKPIT_LISTEN: '127.0.0.1:0', YARDMASTER_HUB_LISTEN: '127.0.0.1:0' }
  const { PATH, USER } = process.env
  const env = { PATH, HOME: home, USER, YARDMASTER_DATA: data, ...ports }
  return spawnSync(join(BIN, program), words, { cwd: home, env, input, encoding: 'utf8' })
}

function printed(program: string, ...words: string[]): string {
  const { status, stdout, stderr } = run(program, words)
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

describe('the server in the background', { timeout: 120_000 }, () => {
  test('starts, tells where it is and the first password, and stops; the password is in no log', () => {
    const started = printed('ncmgr', 'start', '-webport', '0')
    expect(started).toMatch(/The server runs at http:\/\/127\.0\.0\.1:\d+ \(process \d+\)/)
    const [, password] = /password +(\S+)/.exec(started)!
    expect(readFileSync(join(data, 'logs/server.log'), 'utf8')).not.toContain(password)
    expect(statSync(data).mode & 0o077).toBe(0)
    expect(JSON.parse(printed('ncmgr', 'info', '--json'))).toMatchObject({ running: true, dataDir: data })
    expect(run('ncmgr', ['start']).stderr).toContain('runs already')
    expect(printed('ncmgr', 'stop')).toContain('is stopped')
    expect(existsSync(join(data, 'server.json'))).toBe(false)
    expect(run('ncmgr', ['info'])).toMatchObject({ status: 1, stdout: expect.stringContaining('ncmgr start') })
    expect(run('ncmgr', ['stop']).stderr).toContain('no server runs')
  })

  test('tells why it did not start', () => {
    const { status, stderr } = run('ncmgr', ['start', '-set', 'log.levl=info'])
    expect(stderr).toMatch(/^ncmgr: USER ERROR: the server did not start\. [\s\S]*log\.level/)
    expect(status).toBe(1)
  })

  test('a first start that fails makes no account, so that the next one still shows its password', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const first = join(home, 'first')
    expect(run('ncmgr', ['start', '-webport', String(port), '-data', first]).stderr).toContain('is taken')
    expect(run('yardmaster', ['user', 'list', '--data', first]).stdout).toContain('no accounts yet')
    other.close()
  })

  test('says how many jobs go on when it stops', () => {
    expect(JSON.parse(run('ncmgr', ['start', '-webport', '0', '--json']).stdout)).toHaveProperty('urls.accelerator')
    const id = printed('nc', 'run', '-v', '0', 'sleep 30').trim()
    while (printed('nc', 'getfield', id, 'statusnc') !== 'Running\n');
    expect(printed('ncmgr', 'stop')).toContain('1 job goes on running')
    printed('ncmgr', 'start', '-webport', '0')
    expect(printed('nc', 'getfield', id, 'statusnc')).toBe('Running\n')
    run('nc', ['forget', '-F', id])
  })

  test('reads its settings anew: HTTPS is switched on, and what is not understood is told', () => {
    printed('ncmgr', 'start', '-webport', '0')
    writeFileSync(join(data, 'policy.tcl'), 'set config(ssl.enable) 1\nset config(wonder) 1\n')
    const { stdout, status } = run('vovproject', ['reread'])
    expect(stdout).toMatch(
      /accelerator +https:\/\/\S+\ncockpit +https:\/\/\S+\nhub +https:\/\/\S+\nWarning +.*policy\.tcl:2/,
    )
    expect(status).toBe(0)
    expect(printed('vovbrowser')).toMatch(/^https:/)
    // The certificate that the server signed itself is trusted by whoever owns its folder.
    expect(run('nc', ['list']).status).toBe(0)
    writeFileSync(join(data, 'yardmaster.toml'), 'nme = 1\n')
    expect(run('vovproject', ['reread']).stderr).toMatch(/yardmaster\.toml.*did you mean "name"/)
    rmSync(join(data, 'yardmaster.toml'))
    mkdirSync(join(data, 'archive/fritz'))
    writeFileSync(join(data, 'archive/fritz/cluster.json'), '{"name": "fritz"}')
    const refused = run('vovproject', ['reread'])
    expect(refused.stderr).toMatch(/fritz\/cluster\.json: .*; the server keeps what it had read before/)
    expect(refused.status).toBe(1)
    rmSync(join(data, 'archive/fritz'), { recursive: true })
    expect(run('vovproject', ['reread']).status).toBe(0)
    rmSync(join(data, 'policy.tcl'))
  })
})

describe('accounts', { timeout: 120_000 }, () => {
  test('are added, listed, changed and removed, with the server up or down', () => {
    for (const up of [false, true]) {
      if (up) printed('ncmgr', 'start', '-webport', '0')
      expect(run('yardmaster', ['user', 'add', 'alice', '--password-stdin'], 'long enough 1\n').status).toBe(0)
      expect(run('yardmaster', ['user', 'add', 'alice', '--password-stdin'], 'long enough 1\n').stderr).toContain(
        'already',
      )
      printed('yardmaster', 'user', 'role', 'alice', 'support', 'api')
      expect(printed('yardmaster', 'user', 'list')).toMatch(/^alice +support api +here/m)
      expect(run('yardmaster', ['user', 'passwd', 'alice', '--password-stdin'], 'another one 2\n').status).toBe(0)
      expect(printed('yardmaster', 'token', 'alice', '--role', 'api')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
      expect(run('yardmaster', ['token', 'alice', '--role', 'admin']).stderr).toContain('does not have the role admin')
      printed('yardmaster', 'user', 'remove', 'alice')
      expect(run('yardmaster', ['token', 'alice']).stderr).toContain('no account named alice')
    }
  })

  test('may be managers of projects, programs without a password, or people whose password another knows', () => {
    const add = (...words: string[]) =>
      run('yardmaster', ['user', 'add', ...words, '--password-stdin'], 'long enough 1\n')
    const person = ['--full-name', 'Grace Hopper', '--email', 'grace@example.org']
    expect(add('grace', '--role', 'manager').stderr).toContain('managers require a project')
    expect(add('grace', '--role', 'manager', '--project', 'p1', ...person)).toMatchObject({ status: 0, stderr: '' })
    printed('yardmaster', 'user', 'project', 'add', 'grace', 'p2')
    printed('yardmaster', 'user', 'project', 'remove', 'grace', 'p1')
    expect(run('yardmaster', ['user', 'project', 'remove', 'grace', 'p1']).stderr).toContain('Does not match')
    expect(run('yardmaster', ['user', 'role', 'grace', 'user']).stderr).toContain(
      'still has assigned project(s) : [p2]',
    )
    expect(printed('yardmaster', 'user', 'list')).toMatch(/^grace +manager +here +\S+ \S+ +p2 +Grace Hopper/m)
    printed('yardmaster', 'user', 'add', 'robot', '--role', 'api', '--no-password')
    expect(run('yardmaster', ['user', 'add', 'carol', '--no-password']).stderr).toContain('only API users')
    printed('yardmaster', 'user', 'add', 'ada', '--source', 'oidc')
    expect(printed('yardmaster', 'user', 'list')).toMatch(/^ada +user +oidc[\s\S]*^robot +api +none/m)
    for (const name of ['grace', 'robot', 'ada']) printed('yardmaster', 'user', 'remove', name)
  })

  test('have tokens without an end, or as long as the settings say', () => {
    printed('yardmaster', 'user', 'add', 'robot', '--role', 'api', '--no-password')
    const claims = () => {
      const { token, expiresAt } = JSON.parse(printed('yardmaster', 'token', 'robot', '--ttl', '0', '--json'))
      const { exp, iat, roles } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
      return { lifetime: exp === undefined ? undefined : exp - iat, roles, expiresAt }
    }
    expect(claims()).toEqual({ lifetime: undefined, roles: ['api'], expiresAt: null })
    writeFileSync(join(data, 'yardmaster.toml'), '[cockpit]\njwt_max_age = "2h"\n')
    expect(claims()).toMatchObject({ lifetime: 7200, expiresAt: expect.any(Number) })
    rmSync(join(data, 'yardmaster.toml'))
    printed('yardmaster', 'user', 'remove', 'robot')
  })

  test('cannot be taken from a directory that is not set or does not answer, and the command says why', () => {
    expect(run('yardmaster', ['user', 'sync']).stderr).toContain('ldap.url says no directory; set it')
    writeFileSync(join(data, 'yardmaster.toml'), '[ldap]\nurl = "ldap://127.0.0.1:1"\nuser_base = "dc=example"\n')
    expect(run('yardmaster', ['user', 'sync']).stderr).toMatch(/cannot be asked .*ECONNREFUSED.*; check ldap\.url/)
    rmSync(join(data, 'yardmaster.toml'))
  })

  test('a wrong command line exits with 2', () => {
    expect(run('yardmaster', ['user', 'ad', 'x'])).toMatchObject({ status: 2, stdout: '' })
    expect(run('yardmaster', ['serv']).stderr).toMatch(/serve/)
    expect(run('ncmgr', ['begin']).status).toBe(2)
    expect(run('vovproject', ['list']).status).toBe(2)
  })
})

describe('the administrator', { timeout: 120_000 }, () => {
  test('a backup of a running server, restored elsewhere, holds its jobs and accounts', () => {
    printed('ncmgr', 'start', '-webport', '0')
    const id = printed('nc', 'run', '-v', '0', '-w', 'true').split('\n')[0]!
    const archive = join(home, 'yard.tar.gz')
    printed('yardmaster', 'backup', archive)
    expect(statSync(archive).mode & 0o077).toBe(0)
    expect(run('yardmaster', ['backup', archive]).stderr).toContain('--force')
    expect(run('yardmaster', ['restore', archive]).stderr).toContain('is running')
    printed('ncmgr', 'stop')
    expect(run('yardmaster', ['restore', archive]).stderr).toContain('not empty')
    expect(printed('yardmaster', 'restore', archive, '--force')).toContain('.before-')
    printed('ncmgr', 'start', '-webport', '0')
    expect(printed('nc', 'getfield', id, 'statusnc')).toBe('Done\n')
    writeFileSync(join(home, 'broken.tar.gz'), 'x')
    expect(run('yardmaster', ['restore', join(home, 'broken.tar.gz'), '--data', join(home, 'other')]).status).toBe(1)
    expect(existsSync(join(home, 'other'))).toBe(false)
  })

  test('doctor looks at everything and tells what to do', () => {
    const findings = JSON.parse(run('yardmaster', ['doctor', '--json']).stdout)
    expect(findings.map(({ what }: { what: string }) => what)).toContain('certificate')
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'yardmaster.toml'), 'nme = 1\n')
    const { stdout, status } = run('yardmaster', ['doctor'])
    expect(stdout).toMatch(/^fail +settings +.*did you mean "name"/m)
    expect(status).toBe(1)
    rmSync(join(data, 'yardmaster.toml'))
  })

  test('config prints each value with where it comes from', () => {
    expect(printed('yardmaster', 'config', '--set', 'name=vnc_x')).toMatch(/^name +"vnc_x" +command line$/m)
    expect(JSON.parse(printed('yardmaster', 'config', '--json')).settings[0]).toHaveProperty('origin')
  })

  test('version and completion need no data directory', () => {
    expect(printed('yardmaster', 'version')).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(printed('yardmaster', 'completion', 'bash')).toContain('complete -o filenames')
    expect(printed('yardmaster', 'completion', 'bash')).toContain("verbs='add list passwd")
    expect(printed('nc', 'completion', 'fish')).toContain('-o kill')
  })
})

describe('the launchers', () => {
  /** A package as npm would install it, without a Node of its own. */
  function installed(): string {
    const folder = mkdtempSync(join(home, 'package-'))
    cpSync(BIN, join(folder, 'bin'), { recursive: true })
    mkdirSync(join(folder, 'dist/cli'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'dist/cli/nc.js'), 'console.log(JSON.stringify(process.argv.slice(2)))')
    return folder
  }

  test('pass every word on as it is, also through a link', () => {
    const link = join(home, 'nc-link')
    symlinkSync(join(installed(), 'bin/nc'), link)
    const words = ['a b', '*', '', '$HOME', "it's", '-x']
    const { stdout } = spawnSync(link, words, { encoding: 'utf8' })
    expect(JSON.parse(stdout)).toEqual(words)
  })

  test('say which Node they need when there is none, or an old one', () => {
    const nc = join(installed(), 'bin/nc')
    const tools = join(home, 'tools')
    mkdirSync(tools)
    const none = spawnSync('/bin/sh', [nc], { encoding: 'utf8', env: { PATH: tools } })
    expect(none.stderr).toBe(
      'nc: needs Node 24 or newer, and there is no node on the PATH; install one beside it: npm install node@24\n',
    )
    writeFileSync(join(tools, 'old.cjs'), "Object.defineProperty(process.versions, 'node', { value: '18.1.0' })")
    const start = join(nc, '../start.cjs')
    const { stderr, status } = spawnSync(process.execPath, ['-r', join(tools, 'old.cjs'), start, '/x/dist/cli/nc.js'], {
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^nc: needs Node 24 or newer/)])
  })
})
