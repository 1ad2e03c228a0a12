/** Faults that an operator will meet, on a real server: a second one, a pause, a clean stop, hostile clients and jobs. */

import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { aJob, ask, startYard, submit, YARDMASTER, type Yard } from '../support/yard.ts'

const SOAK = process.env.YARDMASTER_SOAK === '1'
const PATIENCE = { timeout: 40_000, interval: 50 }
const isRoot = process.getuid?.() === 0

let yard: Yard
beforeAll(async () => {
  yard = await startYard({ sets: ['host.slots=8'] })
})
afterAll(() => yard.remove())

async function fieldsOf(id: number, fields = 'statusnc,exitstatus'): Promise<unknown[] | undefined> {
  const answer = await ask(yard, `/api/v3/query?select=${fields}&from=jobs&where=idint%3D%3D${id}`)
  return (answer as { rows?: unknown[][] }).rows?.[0]
}

async function ended(id: number): Promise<unknown[]> {
  return vi.waitFor(async () => {
    const fields = await fieldsOf(id)
    expect(['Done', 'Failed']).toContain(fields?.[0])
    return fields!
  }, PATIENCE)
}

describe('servers', () => {
  test('a second server on the same data directory refuses to start, and the first goes on', async () => {
    const second = spawnSync(YARDMASTER, ['serve', '--data', yard.dataDir, '--accelerator', '127.0.0.1:0'], {
      encoding: 'utf8',
      timeout: 30_000,
    })
    expect(second.status).toBe(1)
    expect(second.stderr).toContain('another server works on this data directory')
    expect((await submit(yard, aJob())).status).toBe(201)
  })

  test('a clean stop leaves running jobs alone, and the next server knows how they ended meanwhile', async () => {
    const long = await submit(yard, aJob({ command: 'sleep 4; exit 7' }))
    const short = await submit(yard, aJob({ command: 'sleep 1; exit 5' }))
    await vi.waitFor(async () => expect((await fieldsOf(short.jobid!))?.[0]).toBe('Running'), PATIENCE)
    await yard.stop()
    expect(existsSync(join(yard.dataDir, 'server.json'))).toBe(false)
    await vi.waitFor(() => expect(spawnSync('pgrep', ['-f', 'sleep 1; exit 5']).status).toBe(1), PATIENCE)
    yard = await startYard({ dataDir: yard.dataDir, sets: ['host.slots=8'] })
    expect(await ended(short.jobid!)).toEqual(['Failed', 5])
    expect(await ended(long.jobid!)).toEqual(['Failed', 7])
  })

  test('a server that was paused catches up when it goes on', async () => {
    const { jobid } = await submit(yard, aJob({ command: 'sleep 0.5; exit 6' }))
    await vi.waitFor(async () => expect((await fieldsOf(jobid!))?.[0]).toBe('Running'), PATIENCE)
    process.kill(yard.pid, 'SIGSTOP')
    await vi.waitFor(() => expect(spawnSync('pgrep', ['-f', 'sleep 0.5; exit 6']).status).toBe(1), PATIENCE)
    process.kill(yard.pid, 'SIGCONT')
    expect(await ended(jobid!)).toEqual(['Failed', 6])
  })
})

describe('hostile clients', () => {
  const connected: Socket[] = []
  afterAll(() => {
    for (const socket of connected) socket.destroy()
  })

  async function open(): Promise<Socket> {
    const { hostname, port } = new URL(yard.url)
    const socket = connect(Number(port), hostname)
    connected.push(socket)
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }

  test(`${SOAK ? 8000 : 1000} idle connections do not keep a submission waiting`, { timeout: 120_000 }, async () => {
    for (let count = 0; count < (SOAK ? 8000 : 1000); count += 1) await open()
    expect((await submit(yard, aJob())).status).toBe(201)
  })

  test('a client that sends its headers a byte at a time is cut off', { timeout: 60_000 }, async () => {
    const socket = await open()
    socket.resume()
    socket.write('POST /api/v3/jobs HTTP/1.1\r\nX-Slow: ')
    const drip = setInterval(() => socket.write('a'), 500)
    await once(socket, 'close')
    clearInterval(drip)
    expect((await submit(yard, aJob())).status).toBe(201)
  })

  test.each([
    ['a body of 100 MB', () => `{"command":"${'x'.repeat(100 << 20)}"}`, 413],
    ['100,000 nested lists', () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400],
    [
      '100,000 keys',
      () => JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`k${n}`, n]))),
      400,
    ],
    [
      '__proto__',
      () => '{"__proto__":{"command":"x"},"command":"true","logfile":"p","rundir":"/tmp","env":"BASE"}',
      400,
    ],
    ['NaN', () => '{"command":NaN}', 400],
    ['a lone surrogate in a key', () => '{"\\ud800":1}', 400],
  ])('%s is refused with a sentence', { timeout: 60_000 }, async (_name, body, status) => {
    const headers = { authorization: `Bearer ${yard.token}`, 'content-type': 'application/json' }
    const response = await fetch(`${yard.url}/api/v3/jobs`, { method: 'POST', headers, body: body() }).catch(() => null)
    // A client that is still sending 100 MB may see the connection close before it reads the answer.
    if (response) expect(response.status).toBe(status)
    if (response) expect(((await response.json()) as { error: string }).error).not.toMatch(/\n\s+at /)
    expect((await submit(yard, aJob())).status).toBe(201)
  })
})

describe('hostile jobs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yard-hostile-'))
  chmodSync(folder, 0o777)

  test.each([
    ['command substitution in the log file’s name', { logfile: '$(touch pwned)/`id`.log' }],
    ['a leading dash', { logfile: '-rf' }],
    ['a quote and a glob', { logfile: `a'b*.log` }],
    ['letters of everywhere', { logfile: 'журнал-日志-📦.log' }],
  ])('%s is a name like any other', async (_name, names) => {
    const { jobid } = await submit(yard, aJob({ command: 'echo said', rundir: folder, ...names }))
    expect(await ended(jobid!)).toEqual(['Done', 0])
    expect(readFileSync(join(folder, names.logfile), 'utf8')).toBe('said\n')
    expect(existsSync(join(folder, 'pwned'))).toBe(false)
  })

  test.each(['two\nlines.log', 'a\0b'])(
    'a log file named %j is refused with a sentence, as it could not be shown on a line',
    async (logfile) => {
      const { status, error } = await submit(yard, aJob({ rundir: folder, logfile }))
      expect({ status, error }).toEqual({ status: 400, error: expect.stringMatching(/^logfile/) })
    },
  )

  test('a command of several lines with quotes runs as it was written', async () => {
    const logfile = 'script.log'
    const command = `for word in "a b" 'c"d'; do\n  printf '%s|' "$word"\ndone`
    const { jobid } = await submit(yard, aJob({ command, rundir: folder, logfile }))
    await ended(jobid!)
    expect(readFileSync(join(folder, logfile), 'utf8')).toBe('a b|c"d|')
  })

  test('a run directory that is not there, or a log that cannot be opened, fails the job with the reason', async () => {
    const nowhere = await submit(yard, aJob({ rundir: '/no/such/folder', logfile: '/tmp/x.log' }))
    const folderAsLog = await submit(yard, aJob({ rundir: folder, logfile: folder }))
    await ended(nowhere.jobid!)
    await ended(folderAsLog.jobid!)
    expect(await fieldsOf(nowhere.jobid!, 'cause,why')).toEqual(['start', expect.stringContaining('/no/such/folder')])
    expect(await fieldsOf(folderAsLog.jobid!, 'cause,why')).toEqual(['start', expect.stringContaining(folder)])
  })

  test('a job inherits no open files of the server, and an environment of its own', async () => {
    const logfile = 'inherited.log'
    const { jobid } = await submit(
      yard,
      aJob({ command: 'ls /proc/self/fd | wc -l; env | grep -ci yardmaster_data', rundir: folder, logfile }),
    )
    await ended(jobid!)
    // stdin, stdout, stderr, and the directory that ls reads.
    expect(readFileSync(join(folder, logfile), 'utf8').split('\n')).toEqual(['4', '0', ''])
  })

  test.skipIf(!isRoot)(
    'a job of another account reads neither the database nor the server’s environment, and writes through no link',
    async () => {
      const name = `yard-e2e-${process.pid}`
      execFileSync('useradd', ['--no-create-home', '--shell', '/bin/sh', name])
      try {
        const guest = { ...yard, token: yard.tokenFor(name) }
        const command = `id -un; cat ${yard.dataDir}/yardmaster.db; cat /proc/${yard.pid}/environ; kill -0 ${yard.pid}`
        const { jobid } = await submit(guest, aJob({ command, rundir: folder, logfile: 'guest.log' }))
        expect((await ended(jobid!))[0]).toBe('Failed')
        const said = readFileSync(join(folder, 'guest.log'), 'utf8')
        expect(said.split('\n')[0]).toBe(name)
        expect(said.match(/Permission denied|not permitted/g)).toHaveLength(3)

        const secret = join(folder, 'secret')
        writeFileSync(secret, 'kept', { mode: 0o600 })
        symlinkSync(secret, join(folder, 'link.log'))
        const linked = await submit(guest, aJob({ command: 'echo overwritten', rundir: folder, logfile: 'link.log' }))
        expect(await ended(linked.jobid!)).toEqual(['Failed', -1])
        expect(readFileSync(secret, 'utf8')).toBe('kept')
      } finally {
        execFileSync('userdel', [name])
      }
    },
  )
  if (!isRoot) console.warn('faults.test.ts: jobs of another account are not tried, that takes root')
})
