/** `ngclient` as a person uses it, against a real server with two sites that share a folder as their storage. */

import { type ChildProcess, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { Person, type Ran, ROOT } from '../support/person.ts'
import { startYard, type Yard } from '../support/yard.ts'

let folder: string
let yard: Yard
let port: number
let person: Person

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ngclient-'))
  for (const name of ['data', 'home', 'home2', 'bucket']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'data/yardmaster.toml'), ['home', 'home2'].map(siteAt).join('\n'), { mode: 0o600 })
  port = await freePort()
  yard = await startYard({ dataDir: join(folder, 'data'), port })
  person = new Person(yard, join(folder, 'home'))
  person.env.NGCLIENT_BASE_URL = yard.hubUrl
  await printed('authenticate', '-u', person.name, '--password-stdin')
}, 120_000)

afterAll(async () => {
  await yard.remove()
  rmSync(folder, { recursive: true, force: true })
})

function siteAt(home: string, index: number): string {
  const root = JSON.stringify(join(folder, home))
  const target = `{ name = "bucket", type = "disk", path = ${JSON.stringify(join(folder, 'bucket'))}, below = ${root} }`
  return `[[sites]]\nname = "site${index + 1}"\nroots = [${root}]\ntargets = [${target}]\n`
}

function ngclient(...words: string[]): Promise<Ran> {
  return person.run('ngclient', words, { input: words.includes('--password-stdin') ? `${person.password}\n` : '' })
}

/** What a command printed, once it went well. */
async function printed(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await ngclient(...words)
  expect(stderr.replace(/^ngclient: message: .*\n/gm, '')).toBe('')
  expect(status).toBe(0)
  return stdout.trim()
}

async function json<Answer>(...words: string[]): Promise<Answer> {
  return JSON.parse(await printed(...words, '--json')) as Answer
}

const CONTENT = 'something worth keeping\n'.repeat(1000)

/** A folder of files in the person's home. */
function files(name: string, count: number): string {
  mkdirSync(join(person.home, name, 'deep'), { recursive: true })
  for (let at = 0; at < count; at += 1)
    writeFileSync(join(person.home, name, at % 2 ? 'deep' : '', `${at}.txt`), CONTENT)
  return name
}

const blocksOf = (path: string) => statSync(join(person.home, path)).blocks
const textOf = (path: string) => readFileSync(join(person.home, path), 'utf8')

describe('signing in', { timeout: 60_000 }, () => {
  const file = () => join(person.home, '.config/ngenea/ngenea-client.conf')

  test('makes a key and keeps it with the address, for its owner alone', () => {
    expect(readFileSync(file(), 'utf8')).toMatch(/^base_url = http:\S+\nclient_key = \w{8}\.\w{32}\n$/)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  test('asks for the password on a terminal and does not show it', async () => {
    const words = ['authenticate', '-u', person.name, '-k', 'laptop', '-c', 'other.conf']
    const { stdout, status } = await person.onTerminal('ngclient', words)
    expect(stdout).toContain(`Password of ${person.name} at ${yard.hubUrl}: `)
    expect(stdout).toContain('the client key "laptop"')
    expect(stdout).not.toContain(person.password)
    expect(status).toBe(0)
    expect(await printed('jobs', 'list', '-c', 'other.conf', '--json')).toBe('[]')
  })

  test('without a terminal says what to do, and a wrong password is told in the words of the hub', async () => {
    const none = await ngclient('authenticate', '-u', person.name)
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('--password-stdin')])
    const wrong = await person.run('ngclient', ['authenticate', '-u', person.name, '--password-stdin'], {
      input: 'no\n',
    })
    expect(wrong.stderr).toBe('ngclient: USER ERROR: No active account found with the given credentials\n')
    expect(wrong.status).toBe(1)
  })

  test('a key that the hub does not know is told so', async () => {
    const { stderr, status } = await ngclient('jobs', 'list', '--client-key', 'abcdefgh.nothing')
    expect([status, stderr]).toEqual([1, expect.stringContaining('does not take this client key; make another')])
  })
})

describe('moving files', { timeout: 60_000 }, () => {
  test('ngls shows what is a stub, what has a copy, and what is here alone', async () => {
    const name = files('shown', 4)
    await printed('migrate', '-s', 'site1', `${name}/0.txt`)
    await printed('migrate', '-p', '-s', 'site1', `${name}/deep/1.txt`)
    const { stdout } = await person.run('ngls', ['-s', 'site1', '-d', '2', name])
    const rows = stdout.split('\n').map((line) => line.trim().split(/ +/))
    expect(rows[0]).toEqual(['SIZE', 'RSS', 'ST', 'FILE', 'NAME'])
    expect(rows.slice(1, -1).map(([, , state, path]) => `${state} ${path}`)).toEqual([
      'm shown/0.txt',
      '- shown/2.txt',
      '- shown/deep',
      'p shown/deep/1.txt',
      '- shown/deep/3.txt',
    ])
    expect(rows[1]).toEqual([String(CONTENT.length), '0', 'm', 'shown/0.txt'])
    expect(await printed('ls', '-s', 'site1', '-H', '-d', '0', name)).toMatch(/^\d+ +\d+ - {2}shown$/)
    expect(await json('ls', '-s', 'site1', `${name}/0.txt`)).toMatchObject({ status: 'migrated', resident_size: 0 })
    const none = await ngclient('ls', '-s', 'site1', 'none', `${name}/0.txt`)
    expect([none.status, none.stderr]).toEqual([1, 'ngclient: USER ERROR: none: Not found.\n'])
    expect(none.stdout).toContain('shown/0.txt')
  })

  test('what is migrated is a stub, and comes back when it is recalled', async () => {
    const name = files('there-and-back', 4)
    const migrated = await printed('migrate', '-s', 'site1', '-r', name)
    // The folder is a path too, and is skipped.
    expect(migrated).toMatch(/^Job \d+ SUCCESS: 4 processed, \d skipped, 93.8 KiB in 0:\d\d$/)
    expect([statSync(join(person.home, name, '0.txt')).size, blocksOf(`${name}/0.txt`)]).toEqual([CONTENT.length, 0])
    expect(await printed('recall', '-s', 'site1', '-r', name)).toMatch(/^Job \d+ SUCCESS: /)
    expect(textOf(`${name}/deep/1.txt`)).toBe(CONTENT)
  })

  test('what is premigrated stays, and a second time there is nothing to do', async () => {
    const path = join(files('kept', 1), '0.txt')
    await printed('migrate', '-p', '-s', 'site1', path)
    expect(blocksOf(path)).toBeGreaterThan(0)
    expect(await printed('migrate', '-p', '-s', 'site1', path)).toMatch(/^Job \d+ SKIPPED: 1 skipped/)
  })

  test('what is sent appears on the other site', async () => {
    const path = join(files('sent', 1), '0.txt')
    await printed('send', '-s', 'site1', '-t', 'site2', '--hydrate', path)
    expect(readFileSync(join(folder, 'home2', path), 'utf8')).toBe(CONTENT)
  })

  test('a path that fails is shown with its message, and the exit status is 1', async () => {
    const { status, stdout } = await ngclient(
      'migrate',
      '-s',
      'site1',
      join(files('half', 1), '0.txt'),
      'half/none.txt',
    )
    expect(stdout).toMatch(/^Job (\d+) ERROR: 1 processed, 1 failed/)
    expect(stdout).toMatch(/\n {2}\S+half\/none\.txt: .+\n$/)
    expect(status).toBe(1)
    const [, id] = /^Job (\d+)/.exec(stdout)!
    expect(await printed('jobs', 'tasks', id!, '--failed')).toMatch(/half\/none\.txt: /)
  })

  test('without -s the sites to choose from are named', async () => {
    const { status, stderr } = await ngclient('migrate', 'x')
    expect([status, stderr]).toEqual([2, expect.stringContaining('has site1, site2; say it with -s')])
  })

  test.each([
    [['migrate', '-s', 'nowhere', 'x'], 1, 'site: Object with name=nowhere does not exist.'],
    [['run', 'migrat', 'x', '-s', 'site1'], 1, 'did you mean migrate?'],
    [['run', 'send', 'x', '-s', 'site1', '--field', 'hydrat=yes'], 2, 'did you mean hydrate?'],
    [['run', 'send', 'x', '-s', 'site1', '--field', 'destinationsite=moon'], 1, '"moon" is not a valid choice.'],
  ])('%j is refused', async (words, code, sentence) => {
    const { status, stderr } = await ngclient(...words)
    expect([status, stderr]).toEqual([code, expect.stringContaining(sentence)])
  })
})

/** A workflow whose step waits until a file is there. */
const PATIENT = {
  name: 'patient',
  label: 'Patient',
  icon_classes: [],
  fields: [],
  filter_rules: [{ type: 'all', state: 'all', action: [{ name: 'dynamo.custom.command', command: waitCommand() }] }],
}

function waitCommand(): string {
  return `sh -c 'until [ -e "$0.go" ]; do sleep 0.05; done' {path}`
}

interface Waiting {
  child: ChildProcess
  said: { out: string; err: string }
  /** The exit status. */
  end: Promise<number>
}

describe('waiting', { timeout: 60_000 }, () => {
  let path: string

  async function start(name: string): Promise<string> {
    path = join(files(name, 1), '0.txt')
    const { id } = await json<{ id: number }>('run', 'patient', '--no-wait', '-s', 'site1', path)
    return String(id)
  }

  const go = () => writeFileSync(join(person.home, `${path}.go`), '')

  const untilStarted = (id: string) =>
    vi.waitFor(async () => expect(await printed('jobs', 'info', id)).toContain('STARTED'), { timeout: 30_000 })

  beforeAll(async () => {
    writeFileSync(join(person.home, 'patient.json'), JSON.stringify(PATIENT))
    await printed('workflows', 'import', 'patient.json')
  })

  test('ends with its time and exits with 2, and goes on when asked to', async () => {
    const id = await start('timed')
    const { status, stderr } = await ngclient('jobs', 'wait', id, '--timeout', '1')
    expect([status, stderr]).toEqual([2, expect.stringContaining(`To wait on: ngclient jobs wait ${id}`)])
    go()
    expect(await printed('jobs', 'wait', id)).toMatch(/SUCCESS: 1 processed/)
  })

  /** A command that is still waiting, once it has said what it was to say. */
  async function waiting(words: string[], sentence: RegExp): Promise<Waiting> {
    const child = spawn(join(ROOT, 'bin/ngclient'), words, { cwd: person.home, env: person.env })
    const said = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said.out += text
    })
    for await (const [text] of on(child.stderr.setEncoding('utf8'), 'data')) {
      said.err += text
      if (sentence.test(said.err)) break
    }
    child.stderr.on('data', (text) => {
      said.err += text
    })
    return { child, said, end: once(child, 'close').then(([status]) => status as number) }
  }

  test('ends with Ctrl-C, and the job goes on', async () => {
    path = join(files('interrupted', 1), '0.txt')
    const { child, said, end } = await waiting(['run', 'patient', '-s', 'site1', path], /is submitted/)
    const [, id] = /job (\d+) is submitted/.exec(said.err)!
    child.kill('SIGINT')
    expect(await end).toBe(130)
    expect(said.err).toContain(`job ${id} goes on. To stop it: ngclient jobs cancel ${id}`)
    go()
    expect(await printed('jobs', 'wait', id!)).toContain('SUCCESS')
  })

  test('outlasts a restart of the server', async () => {
    const id = await start('restarted')
    await untilStarted(id)
    const gone = yard.stop()
    const { said, end } = await waiting(['jobs', 'wait', id, '--base-url', `${yard.url}/hub`], /./)
    await gone
    expect(said.err).toContain('the server does not answer at the moment')
    yard = await startYard({ dataDir: yard.dataDir, port })
    person.env.NGCLIENT_BASE_URL = yard.hubUrl
    go()
    expect(await end).toBe(0)
    expect(said.out).toContain(`Job ${id} SUCCESS: 1 processed`)
  })

  test('of a job that somebody paused says how it goes on', async () => {
    const folder = files('paused', 2)
    const paths = ['0.txt', 'deep/1.txt'].map((name) => join(folder, name))
    const { id } = await json<{ id: number }>('run', 'patient', '--no-wait', '-s', 'site1', ...paths)
    await untilStarted(String(id))
    expect(await printed('jobs', 'pause', String(id))).toBe(`Job ${id} is PAUSING`)
    path = paths[0]!
    go()
    await vi.waitFor(async () => expect(await printed('jobs', 'info', String(id))).toContain('PAUSED'), {
      timeout: 30_000,
    })
    const { status, stderr } = await ngclient('jobs', 'wait', String(id), '--timeout', '1')
    expect([status, stderr]).toEqual([2, expect.stringContaining(`ngclient jobs resume ${id}`)])
    expect(await printed('jobs', 'resume', String(id))).toBe(`Job ${id} is STARTED`)
    path = paths[1]!
    go()
    expect(await printed('jobs', 'wait', String(id))).toMatch(/SUCCESS: 2 processed/)
  })

  test('of a job that is cancelled ends with it', async () => {
    const id = await start('cancelled')
    expect(await printed('jobs', 'cancel', id)).toMatch(/^Job \d+ is (DEQUEUING|CANCELLED)$/)
    go()
    const { status, stdout } = await ngclient('jobs', 'wait', id)
    expect([status, stdout]).toEqual([1, expect.stringContaining(`Job ${id} CANCELLED`)])
    const again = await ngclient('jobs', 'cancel', id)
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('Cannot cancel a job in state CANCELLED')])
  })

  test('lists, shows and resubmits', async () => {
    const list = await printed('jobs', 'list', '--type', 'patient', '--state', 'CANCELLED')
    expect(list).toMatch(/^ *ID {2}STATE .*\n.*CANCELLED {2}patient {2}site1 /)
    const [{ id }] = await json<[{ id: number }]>('jobs', 'list', '--type', 'patient', '--state', 'CANCELLED')
    expect(await printed('jobs', 'info', String(id))).toContain('Workflow    patient\nState       CANCELLED')
    expect(await printed('jobs', 'resubmit', String(id))).toMatch(new RegExp(`^Job \\d+ is submitted, from job ${id}$`))
  })
})

describe('workflows', { timeout: 60_000 }, () => {
  const ids = async () => {
    const lines = (await printed('workflows', 'list')).split('\n').map((line) => JSON.parse(line))
    return new Map(lines.map(({ name, id }) => [name as string, String(id)]))
  }

  test('are listed one a line, and the built-in ones are there', async () => {
    expect([...(await ids()).keys()]).toEqual(expect.arrayContaining(['migrate', 'premigrate', 'recall', 'send']))
  })

  test('go out as YAML and come in again, changed in part and as a whole', async () => {
    const yaml = await printed('workflows', 'list', (await ids()).get('migrate')!, '--yaml')
    writeFileSync(join(person.home, 'mine.yaml'), yaml.replace(/^name: migrate$/m, 'name: mine'))
    await printed('workflows', 'import', 'mine.yaml')
    const id = (await ids()).get('mine')!
    writeFileSync(join(person.home, 'part.yaml'), 'label: Mine alone\n')
    expect(await printed('workflows', 'update', id, 'part.yaml')).toBe('workflow mine is changed')
    const changed = await printed('workflows', 'list', id, '--yaml')
    expect(changed).toMatch(/^label: Mine alone$/m)
    writeFileSync(join(person.home, 'whole.yaml'), changed.replace('Mine alone', 'Mine'))
    expect(await printed('workflows', 'update', id, 'whole.yaml')).toBe('workflow mine is replaced')
    expect(await printed('workflows', 'delete', id)).toBe(`workflow ${id} is deleted`)
    expect((await ids()).has('mine')).toBe(false)
  })

  test('that are wrong are refused with the key', async () => {
    writeFileSync(join(person.home, 'wrong.json'), '{"name": "two words"}')
    const { status, stderr } = await ngclient('workflows', 'import', 'wrong.json')
    expect([status, stderr]).toEqual([1, expect.stringMatching(/USER ERROR: .*(name|label): /)])
  })
})

test('features are listed and switched', { timeout: 60_000 }, async () => {
  const [{ name, enabled }] = await json<[{ name: string; enabled: boolean }]>('features', 'list')
  const [there, back] = enabled ? ['disable', 'enable'] : ['enable', 'disable']
  expect(await printed('features', there!, name)).toBe(`${name} is ${there}d`)
  expect(await printed('features', back!, name)).toBe(`${name} is ${back}d`)
  expect((await ngclient('features', 'enable', 'flying')).status).toBe(1)
})

test('examples/hub_migrate.sh does the same with curl', { timeout: 60_000 }, async () => {
  const path = join(person.home, files('with "curl"', 1), '0.txt')
  const [, key] = /client_key = (\S+)/.exec(textOf('.config/ngenea/ngenea-client.conf'))!
  const env = { HUB_URL: yard.hubUrl, TOKEN: key }
  const script = join(ROOT, 'examples/hub_migrate.sh')
  const good = await person.run(script, ['site1', path], { env })
  expect(good).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/is SUCCESS: 1 processed, 0 failed\n$/),
  })
  expect(statSync(path).blocks).toBe(0)
  const recall = { ...env, WORKFLOW: 'recall', DISCOVERY: 'recursive' }
  expect((await person.run(script, ['site1', join(path, '..')], { env: recall })).status).toBe(0)
  expect(readFileSync(path, 'utf8')).toBe(CONTENT)
  expect((await person.run(script, ['site1', `${path}.none`], { env })).status).toBe(1)
  expect((await person.run(script, ['moon', path], { env })).stderr).toContain('Object with name=moon does not exist.')
})
