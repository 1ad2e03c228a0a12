/** What is refused, and whether the sentence says what to change. */

import { expect, test } from 'vitest'
import { createLog } from '../../../src/base/log.ts'
import { aBody, openDoor } from './door.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

const BODIES: readonly (readonly [string, unknown, string])[] = [
  ['no body', undefined, 'the body must be a JSON object with the keys command, logfile, rundir and env'],
  ['a list', [], 'the body must be a JSON object with the keys command, logfile, rundir and env'],
  [
    'an open bracket',
    '{"command": "x"',
    'the body is not JSON: it ends too early, at position 15; a bracket or quote is not closed',
  ],
  [
    'single quotes',
    "{'command': 'x'}",
    'the body is not JSON: write double quotes instead of single ones (at position 1)',
  ],
  ['a forbidden key', '{"__proto__": {}}', 'the body has a key "__proto__" or "constructor.prototype"; leave it out'],
  [
    'a missing key',
    aBody({ env: undefined }),
    'the key "env" is missing: the body must have the keys command, logfile, rundir and env',
  ],
  ['a slip', aBody({ prioritysched: 4 }), 'unknown key "prioritysched"; did you mean "priority,sched"?'],
  ['an unknown key', aBody({ zzz: 4 }), 'unknown key "zzz"; see /html/vovrest.html for those that are known'],
  [
    'a priority of 16',
    aBody({ 'priority,sched': 16 }),
    'priority,sched must be a number from 1 to 15 or one of low, normal, high, top',
  ],
  [
    'a priority in a list',
    aBody({ 'priority, exec': [4] }),
    'priority,exec must be a number from 1 to 15 or one of low, normal, high, top',
  ],
  [
    'a time that is none',
    aBody({ autokill: 'soon' }),
    'autokill must be whole seconds or a time such as "90s", "1m" or "2h30m", at most a hundred years',
  ],
  ['a number for a text', aBody({ command: 5 }), 'command must be a command line of at most 131000 bytes'],
  ['an empty command', aBody({ command: '  ' }), 'command must not be empty'],
  ['a long command', aBody({ command: 'x'.repeat(131_001) }), 'command must be at most 131000 bytes long'],
  ['a NUL', aBody({ command: 'a\0b' }), 'command must be without NUL characters'],
  ['half a character', aBody({ command: '\ud800' }), 'command must be Unicode text without lone surrogates'],
  ['a relative rundir', aBody({ rundir: 'here' }), 'rundir must be an absolute path, beginning with /'],
  ['a line break in the logfile', aBody({ logfile: 'a\nb' }), 'logfile must be without control characters'],
  ['a flag of 2', aBody({ preemptable: 2 }), 'preemptable must be 0 or 1'],
  [
    'an exit code of 300',
    aBody({ legalExit: '0 300' }),
    'legalExit must be one or more exit codes from 0 to 255, such as "0 1"',
  ],
  ['a decimal umask', aBody({ umask: 18 }), 'umask must be octal digits such as "022"'],
  ['a later date', aBody({ 'schedule,date': 1_800_000_000 }), 'schedule,date must be 0: jobs are queued at once'],
  [
    'a variable without a name',
    aBody({ 'env,snapshot': { '': 'x' } }),
    'env,snapshot must be an object whose names are not empty and hold no =',
  ],
  ['a variable that is no text', aBody({ 'env,snapshot': { A: 1 } }), 'env,snapshot A must be a text'],
]

test.each(BODIES)('a job with %s is refused by a sentence', async (_what, body, sentence) => {
  const { call, house } = await openDoor()
  const response = await call('POST', '/api/v3/jobs', { body, headers: JSON_TYPE })
  expect([response.statusCode, response.json()]).toEqual([400, { error: sentence }])
  expect(house.executor.orders).toEqual([])
})

const CONTROLS: readonly (readonly [unknown, string])[] = [
  [{}, 'the key "action" is missing: the body must have the key action'],
  [
    { action: 'STPO' },
    'action must be one of STOP, KILL, SUSPEND, RESUME, RERUN, DEQUEUE, or a signal such as SIGUSR1; did you mean STOP?',
  ],
  [{ action: 'STOP', signals: 'TERM,FOO' }, 'signals must be 1 to 10 signal names such as "TERM,INT,KILL"'],
  [{ action: 'STOP', include: '(' }, 'include must be a regular expression (RE2 syntax)'],
  [{ action: 'STOP', delay: '2h' }, 'delay must be at most an hour'],
  [{ action: 'RERUN', force: 'perhaps' }, 'force must be 0 or 1'],
]

test.each(CONTROLS)('the control %j is refused by a sentence', async (body, sentence) => {
  const { call } = await openDoor()
  const { jobid } = (await call('POST', '/api/v3/jobs', { body: aBody() })).json()
  const response = await call('PUT', `/api/v3/jobs/${jobid}`, { body })
  expect([response.statusCode, response.json()]).toEqual([400, { error: sentence }])
})

test.each(['constructor', 'toString'])('words that JavaScript has by itself mean nothing: %s', async (word) => {
  const { call } = await openDoor({ slots: 0 })
  const { jobid } = (await call('POST', '/api/v3/jobs', { body: aBody() })).json()
  const asked = [
    call('POST', '/api/v3/jobs', { body: aBody({ preemptable: word }) }),
    call('PATCH', `/api/v3/jobs/${jobid}`, { body: { [word]: 1 } }),
    call('PUT', `/api/v3/jobs/${jobid}`, { body: { action: word } }),
    call('GET', `/api/v3/query?select=${word}`),
  ]
  for (const { statusCode } of await Promise.all(asked)) expect(statusCode).toBe(400)
  expect((await call('GET', `/api/v3/query?where=statusnc==${word}`)).statusCode).toBe(200)
})

test('a job belongs to who submits it', async () => {
  const { call } = await openDoor()
  const own = await call('POST', '/api/v3/jobs', { body: aBody({ user: 'alice' }) })
  expect(own.statusCode).toBe(201)
  const others = await call('POST', '/api/v3/jobs', { as: 'root/admin', body: aBody({ user: 'alice' }) })
  expect([others.statusCode, others.json().error]).toEqual([
    403,
    'user is read-only: a job belongs to who submits it, here root',
  ])
})

test('a known path asked with another method says which ones it takes', async () => {
  const { call } = await openDoor()
  const response = await call('POST', '/api/v3/jobs/1138', {
    as: null,
    body: 'x',
    headers: { 'content-type': 'text/x' },
  })
  expect(response.statusCode).toBe(405)
  expect(response.headers.allow).toBe('PUT, PATCH, DELETE, GET, HEAD')
  expect(response.json()).toEqual({ error: 'POST is not possible here; use PUT, PATCH, DELETE, GET, HEAD' })
})

test('a job sent as a form is told to come as JSON', async () => {
  const { call } = await openDoor()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await call('POST', '/api/v3/jobs', { body: 'command=x', headers })
  expect([response.statusCode, response.json()]).toEqual([
    415,
    { error: 'send the body as JSON, with the header "Content-Type: application/json"' },
  ])
})

test('a compressed body is refused before it is unpacked', async () => {
  const { call } = await openDoor()
  const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' }
  expect((await call('POST', '/api/v3/jobs', { body: 'x', headers })).statusCode).toBe(415)
})

test('a body of more than a megabyte is refused', async () => {
  const { call } = await openDoor()
  const response = await call('POST', '/api/v3/jobs', { body: aBody({ command: 'x'.repeat(2 << 20) }) })
  expect([response.statusCode, response.json().error]).toEqual([413, 'the body is too large: at most 1 MiB is read'])
})

test('a body nested a hundred thousand times is refused like any other', async () => {
  const { call } = await openDoor()
  const body = '['.repeat(100_000) + ']'.repeat(100_000)
  expect((await call('POST', '/api/v3/jobs', { body, headers: JSON_TYPE })).statusCode).toBe(400)
})

test('an unexpected error is told by its ID alone, and logged under it', async () => {
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => lines.push(line) } })
  const wrap = <T extends object>(engine: T) => ({
    ...engine,
    hosts: () => {
      throw new Error('inner secret')
    },
  })
  const { call } = await openDoor({ log, wrap })
  const { statusCode, body } = await call('GET', '/api/v3/query?from=hosts')
  const [, id] = /^internal error, request ID ([0-9a-f-]{36})$/.exec(JSON.parse(body).error) ?? []
  expect(statusCode).toBe(500)
  expect(body).not.toContain('secret')
  expect(lines.join('')).toContain(id)
  expect(lines.join('')).toContain('inner secret')
})

test('a token request never has its password in the answer', async () => {
  const { call } = await openDoor()
  for (const body of ['{"username": "alice", "password": "hunter2", }', '{"password": "hunter2" x}', 'hunter2']) {
    const response = await call('POST', '/api/v3/token', { as: null, body, headers: JSON_TYPE })
    expect(response.statusCode).toBe(400)
    expect(response.body).not.toContain('hunter2')
  }
})
