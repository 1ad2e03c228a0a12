import { expect, test } from 'vitest'
import { readControl } from '../../../../../src/dialect/accelerator/body/control.ts'

test.each<[object, object]>([
  [{ action: 'STOP' }, { action: 'stop' }],
  [{ action: 'kill' }, { action: 'stop' }],
  [{ action: 'STOP', signals: '' }, { action: 'stop' }],
  [
    { action: 'STOP', signals: 'term, SIGINT kill', delay: 3, include: '^sleep$', exclude: 'sh' },
    { action: 'stop', signals: ['SIGTERM', 'SIGINT', 'SIGKILL'], delayMs: 3000, include: '^sleep$', exclude: 'sh' },
  ],
  [
    { action: 'Suspend', signals: ['TSTP'] },
    { action: 'suspend', signals: ['SIGTSTP'] },
  ],
  [{ action: 'RESUME' }, { action: 'resume' }],
  [{ action: 'DEQUEUE' }, { action: 'dequeue' }],
  [{ action: 'RERUN' }, { action: 'rerun', force: false, first: false }],
  [
    { action: 'RERUN', force: 1, first: 'true' },
    { action: 'rerun', force: true, first: true },
  ],
  [
    { action: 'SIGUSR1', include: 'x' },
    { action: 'signal', signals: ['SIGUSR1'], include: 'x' },
  ],
  [{ action: 'sigtstp' }, { action: 'signal', signals: ['SIGTSTP'] }],
])('%j is %j', (body, control) => {
  expect(readControl(body as Record<string, unknown>)).toEqual(control)
})

test.each(['', 'CHECK', 'EXT', 'MODIFY', 'USR1', 'SIGFOO', '__proto__'])('the action "%s" is refused', (action) => {
  expect(() => readControl({ action })).toThrow(/^action must be one of STOP, KILL/)
})
