import { expect, test } from 'vitest'
import { readMessage } from '../../../src/tasker/message.ts'

const order = {
  ...{ jobId: 1, attempt: 1, argv: ['a'], env: { A: 'b' }, rundir: '/', logfile: null, account: null },
  ...{ nice: 0, umask: 18, killAfterMs: 0, ramLimitMb: 0 },
}

test.each([
  { kind: 'hello', version: 1 },
  { kind: 'start', order },
  { kind: 'signal', ticket: 1, order: { jobId: 1, attempt: 1, action: 'stop', signals: ['TERM'], delayMs: 5 } },
  { kind: 'stored', attempts: [{ jobId: 1, attempt: 1 }] },
  { kind: 'retire' },
])('a message of kind $kind is read', (message) => {
  expect(readMessage(JSON.stringify(message))).toEqual(message)
})

test.each([
  '',
  'x',
  'null',
  '[]',
  '{}',
  '{"kind":"toString"}',
  '{"kind":"hello"}',
  '{"kind":"stored","attempts":[{}]}',
  JSON.stringify({ kind: 'start', order: { ...order, argv: [1] } }),
  JSON.stringify({ kind: 'start', order: { ...order, env: { A: 1 } } }),
  JSON.stringify({ kind: 'start', order: { ...order, jobId: '1' } }),
  JSON.stringify({ kind: 'signal', ticket: 1, order: { jobId: 1, attempt: 1, action: 'boo' } }),
])('%s is no message', (line) => {
  expect(() => readMessage(line)).toThrow()
})
