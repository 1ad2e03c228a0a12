/** `nc` as a person uses it, against a real server. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { Person, type Ran } from '../support/person.ts'
import { startYard, type Yard } from '../support/yard.ts'

let yard: Yard
let person: Person
let port: number

beforeAll(async () => {
  port = await freePort()
  yard = await startYard({ port })
  person = new Person(yard, mkdtempSync(join(tmpdir(), 'cli-')))
  await nc('login', '--password-stdin')
})

afterAll(async () => {
  await nc('stop', '-mine')
  await yard.remove()
  rmSync(person.home, { recursive: true })
})

function nc(...words: string[]): Promise<Ran> {
  return person.run('nc', words, { input: words.includes('--password-stdin') ? `${person.password}\n` : '' })
}

/** What a command printed, once it went well. */
async function printed(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await nc(...words)
  expect(stderr.replace(/^nc: message: .*\n/gm, '')).toBe('')
  expect(status).toBe(0)
  return stdout.trim()
}

async function submit(...words: string[]): Promise<string> {
  return printed('run', '-v', '0', ...words)
}

async function untilState(id: string, state: string): Promise<void> {
  const look = async () => expect(await printed('getfield', id, 'statusnc')).toBe(state)
  await vi.waitFor(look, { timeout: 60_000, interval: 50 })
}

describe('signing in', { timeout: 60_000 }, () => {
  const fresh = (env: NodeJS.ProcessEnv) => ({ XDG_CONFIG_HOME: join(person.home, 'fresh'), ...env })

  test('without a terminal the sentence says what to do', async () => {
    const { status, stderr } = await person.run('nc', ['list'], { env: fresh({}) })
    expect(stderr).toMatch(/^nc: USER ERROR: not signed in at .*run "nc login" once, or set NC_PASSWORD_FILE\n$/)
    expect(status).toBe(1)
  })

  test('on a terminal the password is asked for and not shown', async () => {
    const { stdout, status } = await person.onTerminal('nc', ['list'], fresh({}))
    expect(stdout).toContain(`Password of ${person.name} at ${yard.url}: `)
    expect(stdout).not.toContain(person.password)
    expect(status).toBe(0)
    rmSync(join(person.home, 'fresh'), { recursive: true })
  })

  test('a password file must be for its owner alone', async () => {
    const file = join(person.home, 'password')
    writeFileSync(file, `${person.password}\n`, { mode: 0o644 })
    const open = await person.run('nc', ['list'], { env: fresh({ NC_PASSWORD_FILE: file }) })
    expect(open.stderr).toContain(`chmod 600 ${file}`)
    rmSync(file)
    writeFileSync(file, `${person.password}\n`, { mode: 0o600 })
    expect((await person.run('nc', ['list'], { env: fresh({ NC_PASSWORD_FILE: file }) })).status).toBe(0)
    rmSync(join(person.home, 'fresh'), { recursive: true })
  })

  test('whoever owns the data directory needs no password', async () => {
    const { status, stderr } = await person.run('nc', ['list'], {
      env: fresh({ YARDMASTER_DATA: yard.dataDir, NC_URL: '' }),
    })
    expect([status, stderr]).toEqual([0, 'nc: message: no jobs to list; -a lists those of all users\n'])
  })

  test('a wrong password is told in the words of the server', async () => {
    const { status, stderr } = await person.run('nc', ['login', '--password-stdin'], { input: 'wrong\n' })
    expect(stderr).toMatch(/^nc: USER ERROR: .*password/)
    expect(status).toBe(1)
  })
})

describe('nc run', { timeout: 60_000 }, () => {
  test('says which job was submitted, and runs it in this folder with this environment', async () => {
    expect(await printed('run', 'true')).toMatch(/^Job <\d{9}> is submitted$/)
    const { stdout } = await person.run('nc', ['run', '-wl', 'pwd; echo $COLOUR'], { env: { COLOUR: 'green' } })
    expect(stdout).toContain(`${person.home}\ngreen\n`)
  })

  test('-w exits as the job ends', async () => {
    const good = await nc('run', '-w', 'true')
    expect(good.stdout).toMatch(/^Job <\d+> is submitted\nJob <\d+> is Done\n$/)
    expect(good.status).toBe(0)
    const bad = await nc('run', '-w', 'exit 3')
    expect(bad.stdout).toMatch(/is Failed: exited with status 3\n$/)
    expect(bad.status).toBe(1)
  })

  test('words that a shell would take apart reach the program as they are', async () => {
    const { stdout } = await nc('run', '-wl', 'printf', '%s|', 'a b', "it's", '$HOME', '*')
    expect(stdout).toContain("a b|it's|$HOME|*|")
  })

  test('an array fills in its index, and each job has its log', async () => {
    const { stdout } = await nc('run', '-array', '3', '-w', '-l', 'out', '--json', 'echo', 'number', '@INDEX@')
    expect(stdout.match(/"jobid"/g)).toHaveLength(3)
    for (const index of [1, 2, 3])
      expect(readFileSync(join(person.home, `out.${index}`), 'utf8')).toBe(`number ${index}\n`)
  })

  test('a file gives one job a line', async () => {
    writeFileSync(join(person.home, 'jobs'), '# comment\necho one > one.txt\n\necho two > two.txt\n')
    expect(await printed('run', '-w', '-f', 'jobs')).toMatch(/(Job <\d+> is Done\n?){2}$/)
    expect(existsSync(join(person.home, 'two.txt'))).toBe(true)
  })

  test('a refusal of the server is its sentence', async () => {
    await submit('-l', 'same', 'sleep 60')
    const { stderr, status } = await nc('run', '-l', 'same', 'true')
    expect(stderr).toMatch(/^nc: USER ERROR: .*same/)
    expect(status).toBe(1)
    expect((await nc('run', '-p', 'urgent', 'true')).stderr).toContain('low, normal, high, top')
  })

  test.each([
    [['run'], 'no command'],
    [['run', '-Ir', 'xterm'], 'not in this version'],
    [['run', '-kil', '5', 'true'], 'did you mean -kill?'],
    [['rnu', 'true'], 'did you mean run?'],
    [['info', 'x'], '"x" is no job id'],
  ])('%j is refused before anything is sent', async (words, sentence) => {
    const { stderr, status } = await nc(...words)
    expect(stderr).toContain(sentence)
    expect(status).toBe(2)
  })
})

describe('jobs steered by hand', { timeout: 60_000 }, () => {
  test('a job is suspended, resumed, stopped, run again and forgotten', async () => {
    const id = await submit('sleep 60')
    await untilState(id, 'Running')
    await printed('suspend', id)
    await untilState(id, 'Suspended')
    await printed('resume', id)
    await untilState(id, 'Running')
    expect((await nc('forget', id)).status).toBe(1)
    await printed('stop', id)
    await untilState(id, 'Failed')
    expect(await printed('why', id)).toContain(`Job <${id}>\n   `)
    expect((await nc('rerun', id)).stderr).toContain('force')
    await printed('rerun', '-F', id)
    await printed('forget', '-F', id)
    expect((await nc('info', id)).stderr).toContain('there is no job')
  })

  test('a job that waits can be changed, and a selection takes several', async () => {
    const ids = [await submit('-J', 'batch', '-r', 'CORES/100000', '--', 'sleep 60')]
    ids.push(await submit('-J', 'batch', '-r', 'CORES/100000', '--', 'sleep 61'))
    await printed('modify', '-p', 'top', '-J', 'batch2', ids[0]!)
    expect(await printed('getfield', ids[0]!, 'priority', 'jobname')).toBe('15\nbatch2')
    const { stderr } = await nc('stop', '-where', 'jobname~batch')
    expect(stderr).toContain('nc: message: Stopped jobs: 2')
    await untilState(ids[1]!, 'Idle')
  })

  test('one refusal does not keep the others from their order', async () => {
    const id = await submit('sleep 60')
    const { status, stderr } = await nc('stop', '999999999', id)
    expect(stderr).toMatch(/there is no job 999999999[\s\S]*Stopped jobs: 1\n.*refused: 1 job\n$/)
    expect(status).toBe(1)
    await untilState(id, 'Failed')
  })
})

describe('looking at jobs', { timeout: 60_000 }, () => {
  test('nc list shows my jobs in the order of their ids, as a table, as JSON and by a format', async () => {
    const id = await submit('-w', 'echo', 'listed')
    const table = await printed('list')
    expect(table.split('\n')[0]).toMatch(/^ID +STATUS +PRI +HOST/)
    expect(table).toMatch(new RegExp(`${id.slice(0, 9)} +Done`))
    expect(JSON.parse(await printed('list', '--json')).at(-1)).toMatchObject({ ID: id.slice(0, 9), STATUSNC: 'Done' })
    expect(await printed('list', '-O', '@ID@ @STATUSNC:-8@', '-where', `idint==${Number(id.slice(0, 9))}`)).toBe(
      `${id.slice(0, 9)}     Done`,
    )
  })

  test('nc info -l shows times, log and limits', async () => {
    const id = await submit('-kill', '5m', '-J', 'long one', 'true')
    await untilState(id, 'Done')
    const text = await printed('info', '-l', id)
    expect(text).toMatch(/^Job {13}\d{9}\nUser,Group {6}\S+,\S+\nCommand {9}vw true > vnc_logs\/\S+\nStatus {10}Done\n/)
    expect(text).toMatch(/Name {12}long one/)
    expect(text).toMatch(/ {3}Ended {8}\d{4}-\d\d-\d\d/)
  })

  test('nc summary and nc hosts have their JSON twins', async () => {
    expect(JSON.parse(await printed('summary', '--json'))).toHaveProperty('states')
    expect(JSON.parse(await printed('hosts', '--json'))[0]).toHaveProperty('SLOTS')
    expect(await printed('hosts')).toMatch(/^NAME +STATUS +SLOTS/)
  })
})

describe('waiting', { timeout: 120_000 }, () => {
  test('a wait outlives a restart of the server', async () => {
    const id = await submit('sleep 3; exit 4')
    await untilState(id, 'Running')
    const waiting = nc('wait', id)
    await yard.stop('SIGKILL')
    const before = yard
    yard = await startYard({ port, dataDir: before.dataDir })
    const { stdout, status } = await waiting
    expect(stdout).toBe(`Job <${id}> is Failed: exited with status 4\n`)
    expect(status).toBe(1)
  })

  test('where no server answers, the sentence says how to start one', async () => {
    const { stderr, status } = await nc('list', '--url', `http://127.0.0.1:${await freePort()}`, '--user', 'nobody')
    expect(stderr).toMatch(/not signed in|no server answers at .*ncmgr start/)
    expect(status).toBe(1)
  })
})
