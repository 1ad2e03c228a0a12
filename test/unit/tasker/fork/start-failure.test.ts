import { expect, test } from 'vitest'
import { describeStartFailure } from '../../../../src/tasker/fork/start-failure.ts'

const order = { account: 'jane', rundir: '/run', logfile: '/x/y.log' }

test('a failure says what could not be done, where, and what the system called it', () => {
  expect(describeStartFailure('logfile', order, 13)).toBe('cannot open the log file /x/y.log: Permission denied')
  expect(describeStartFailure('rundir', order, 2)).toBe(
    'cannot go to the run directory /run: No such file or directory',
  )
  expect(describeStartFailure('account', order, 0)).toMatch(/^cannot run as jane: .* no such account/)
})
