import { expect, test } from 'vitest'
import {
  ignoredKeys,
  readChanges,
  readJobId,
  readJobIds,
  readSubmission,
} from '../../../../src/dialect/accelerator/read.ts'

const MINIMAL = { command: 'sleep 60', logfile: 'JOBLOG.01', rundir: '/tmp', env: 'BASE' }

function submission(changes: Record<string, unknown>) {
  return readSubmission({ ...MINIMAL, ...changes }, 'alice')
}

test('the four required keys are a whole submission', () => {
  expect(readSubmission(MINIMAL, 'alice')).toEqual(MINIMAL)
})

test.each<[string, unknown, object]>([
  ['priority,sched', 4, { priority: 4 }],
  ['priority,sched', '12', { priority: 12 }],
  ['priority,sched', 'h', { priority: 8 }],
  ['priority,sched', '12.low', { priority: 12, xpriority: 1 }],
  ['priority,sched', 'high.high', { priority: 8, xpriority: 8 }],
  ['priority,exec', 'top', { xpriority: 15 }],
  ['autokill', 60, { autokillMs: 60_000 }],
  ['autokill', '60', { autokillMs: 60_000 }],
  ['autokill', '1m', { autokillMs: 60_000 }],
  ['xdur', '-1', { xdurMs: -1 }],
  ['xdur', '10m', { xdurMs: 600_000 }],
  ['keepfor', '400d', { keepForMs: 32_000_000_000 }],
  ['preemptable', 0, { preemptable: false }],
  ['preemptable', '1', { preemptable: true }],
  ['autoforget', true, { autoforget: true }],
  ['rerunnable', 'yes', { rerunnable: true }],
  ['legalExit', '0 1', { legalExit: [0, 1] }],
  ['legalExit', [0, 255], { legalExit: [0, 255] }],
  ['legalExit', 3, { legalExit: [3] }],
  ['umask', '027', { umask: 0o027 }],
  ['umask', 22, { umask: 0o022 }],
  ['inputs', 'a.v  b.v', { inputs: ['a.v', 'b.v'] }],
  ['outputs', ['out dir/x'], { outputs: ['out dir/x'] }],
  ['proplist', 'RUN=7 SEED=a=b', { properties: { RUN: '7', SEED: 'a=b' } }],
  ['proplist', { RUN: 7 }, { properties: { RUN: '7' } }],
  [
    'env,snapshot',
    { PATH: '/bin', 'BASH_FUNC_f%%': '() {\n}' },
    { snapshot: { PATH: '/bin', 'BASH_FUNC_f%%': '() {\n}' } },
  ],
  ['jobproj', 'chip7', { project: 'chip7' }],
  ['submithost', 'ws17', { submitHost: 'ws17' }],
  ['wrapper', '', { wrapper: '' }],
  ['schedule,date', 0, {}],
  ['user', 'alice', {}],
])('%s %j becomes %j', (key, value, expected) => {
  expect(submission({ [key]: value })).toEqual({ ...MINIMAL, ...expected })
})

test.each([
  ['', '/time/users.alice'],
  ['users', '/time/users.alice'],
  ['/class/hsim', '/class/hsim.alice'],
  ['/time/regression.alice:nightly', '/time/regression.alice:nightly'],
])('the FairShare group "%s" is %s', (group, full) => {
  expect(submission({ group }).group).toBe(full)
  expect(submission({ 'group,final': full }).group).toBe(full)
})

test('keys for the command line and for job classes are named as ignored', () => {
  const body = { ...MINIMAL, wait: 1, 'interactive,flag': 'tty_remote', 'check,directory': 0, jobname: 'x' }
  expect(ignoredKeys(body)).toEqual(['wait', 'interactive,flag', 'check,directory'])
})

test('a change is known by the names of nc modify and of a job description', () => {
  const modify = { cmd: 'true', dir: '/', res: 'RAM/1', priority: 'low', xpriority: 2, legalexit: '1' }
  const description = {
    command: 'true',
    rundir: '/',
    resources: 'RAM/1',
    'priority,sched': 'low',
    'priority,exec': 2,
    legalExit: '1',
  }
  expect(readChanges(modify, 'alice')).toEqual(readChanges(description, 'alice'))
})

test('a new group keeps the leaf of the one whose job it is', () => {
  expect(readChanges({ group: 'regression' }, 'bob')).toEqual({ group: '/time/regression.bob' })
})

test.each(['1138', '000001138'])('%s is job 1138', (id) => {
  expect(readJobId(id)).toBe(1138)
})

test.each(['', 'x', '-1', '1.0', '1e3', ' 1', '9'.repeat(16)])('"%s" is no job', (id) => {
  expect(() => readJobId(id)).toThrow(/^there is no job/)
})

test('job IDs in a list are read once each, a thousand at most', () => {
  expect(readJobIds('1, 000000002,1')).toEqual([1, 2])
  const many = Array.from({ length: 1001 }, (_, index) => index + 1).join(',')
  expect(() => readJobIds(many)).toThrow('jobs must name at most 1000 jobs')
})
