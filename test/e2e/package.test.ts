/** The published package: packed, installed into an empty folder of another account, and used there without the repository. */

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeFolder } from '../support/folder.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const ACCOUNT = `yard-e2e-${process.pid}`
const INSTALL_LIMIT_MS = 180_000
const PATIENCE = { timeout: 30_000, interval: 50 }

const isRoot = process.getuid?.() === 0
const place = makeFolder()
const home = join(place, 'home')
const bin = join(home, 'node_modules/.bin')
const passwordFile = join(home, 'password')

/** Nothing of the repository is on the path but Node itself; how npm reaches its registry is left as it is. */
const environment = {
  ...process.env,
  HOME: home,
  USER: isRoot ? ACCOUNT : (process.env.USER ?? ''),
  PATH: `${join(place, 'node')}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
  NC_PASSWORD_FILE: passwordFile,
  npm_config_cache: join(place, 'cache'),
}

/** A line as the other account where we may. */
function asGuest(line: string): [string, string[]] {
  const command = ['sh', '-c', line]
  return isRoot ? ['runuser', ['-u', ACCOUNT, '--', ...command]] : ['sh', command.slice(1)]
}

function guest(line: string): { status: number | null; output: string } {
  const options = { cwd: home, env: environment, encoding: 'utf8', timeout: INSTALL_LIMIT_MS } as const
  const { status, stdout, stderr } = spawnSync(...asGuest(line), options)
  return { status, output: stdout + stderr }
}

beforeAll(() => {
  chmodSync(place, 0o755)
  for (const folder of ['home', 'node', 'cache']) mkdirSync(join(place, folder))
  // Else npm looks for a project in the folders above.
  writeFileSync(join(home, 'package.json'), '{}')
  // The account may not be able to look into the folder in which this Node lies.
  execFileSync('cp', [process.execPath, join(place, 'node/node')])
  execFileSync('npm', ['pack', '--silent', '--pack-destination', place], { cwd: ROOT, stdio: 'ignore' })
  if (isRoot) execFileSync('useradd', ['--home-dir', home, '--shell', '/bin/sh', ACCOUNT])
  if (isRoot) execFileSync('chown', ['-R', ACCOUNT, home, join(place, 'cache')])
}, INSTALL_LIMIT_MS)

afterAll(() => {
  spawnSync('pkill', ['-f', join(home, 'yardmaster-data')])
  if (isRoot) spawnSync('pkill', ['-KILL', '-u', ACCOUNT])
  if (isRoot) spawnSync('userdel', ['--force', ACCOUNT])
  rmSync(place, { recursive: true, force: true })
})

test('installs, serves and runs a job without the repository', { timeout: INSTALL_LIMIT_MS }, async () => {
  const installed = guest(`npm install --no-audit --no-fund --loglevel=error ${place}/yardmaster-*.tgz`)
  expect(installed.status, installed.output).toBe(0)

  const server = spawn(
    ...asGuest(`exec ${bin}/yardmaster serve --accelerator 127.0.0.1:0 --cockpit 127.0.0.1:0 --hub 127.0.0.1:0`),
    {
      cwd: home,
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let greeting = ''
  server.stdout.setEncoding('utf8').on('data', (text) => {
    greeting += text
  })
  await vi.waitFor(() => expect(existsSync(join(home, 'yardmaster-data/server.json'))).toBe(true), PATIENCE)
  await vi.waitFor(() => expect(greeting).toMatch(/password +\S+/), PATIENCE)
  writeFileSync(passwordFile, `${/password +(\S+)/.exec(greeting)?.[1]}\n`, { mode: 0o600 })
  if (isRoot) execFileSync('chown', [ACCOUNT, passwordFile])

  const ran = guest(`${bin}/nc run -w -l job.log 'id -un; echo done'`)
  expect(ran, ran.output).toMatchObject({ status: 0, output: expect.stringMatching(/Job <\d{9}> is submitted/) })
  expect(readFileSync(join(home, 'job.log'), 'utf8')).toBe(
    `${isRoot ? ACCOUNT : execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()}\ndone\n`,
  )
  const page = guest(`${bin}/nc cmd vovbrowser -url /html/vovrest.html`)
  expect((await fetch(page.output.trim())).status).toBe(200)
  server.kill('SIGTERM')
})

test('the package carries what it names and nothing of the workshop', () => {
  const listed = execFileSync('sh', ['-c', `tar tzf ${place}/yardmaster-*.tgz`], {
    encoding: 'utf8',
    cwd: dirname(tmpdir()),
  })
  for (const needed of [
    'bin/launch.sh',
    'dist/server.js',
    'dist/tasker/main.js',
    'dist/mover/worker.js',
    'dist/metric/memory/metric-thread.js',
    'bin/ngclient',
    'src/tasker/fork/fork-server.c',
    'python/vov_rest_v3.py',
  ]) {
    expect(listed).toContain(`package/${needed}\n`)
  }
  expect(listed).not.toMatch(/package\/(test|bench|\.ci)\//)
})
