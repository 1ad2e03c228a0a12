import { describe, expect, test } from 'vitest'
import {
  ALL_PRIORITIES,
  readPriority,
  readStatus,
  showPriority,
  showStatus,
  statesWhere,
} from '../../../../src/dialect/accelerator/words.ts'
import { JOB_STATES } from '../../../../src/job/job.ts'

describe('the words of the Accelerator', () => {
  test('every state has a word that leads back to it', () => {
    for (const state of JOB_STATES) {
      const word = showStatus(state, 'statusnc')
      expect(statesWhere('statusnc', (other) => other === word)).toEqual([state])
      expect(statesWhere('status', (other) => other === showStatus(state, 'status'))).toContain(state)
    }
  })

  test('a finished job is VALID, a waiting one INVALID, a running one RETRACING', () => {
    expect(['done', 'idle', 'queued', 'running'].map((state) => showStatus(state as 'done', 'status'))).toEqual([
      'VALID',
      'INVALID',
      'INVALID',
      'RETRACING',
    ])
  })

  test('words are read in any case, and older ones as what they are called now', () => {
    expect(readStatus('valid', 'status')).toBe('VALID')
    expect(readStatus('Running', 'status')).toBe('RETRACING')
    expect(readStatus('running', 'statusnc')).toBe('Running')
    expect(readStatus('Scheduled', 'statusnc')).toBe('Queued')
    expect(readStatus('MISSING', 'status')).toBe('MISSING')
  })

  test.each([
    ['low', 1],
    ['Normal', 4],
    ['h', 8],
    ['TOP', 15],
    ['12', 12],
    [' 4 ', 4],
    ['0', undefined],
    ['16', undefined],
    ['', undefined],
    ['highest', undefined],
    ['1.5', undefined],
  ])('priority %j is %j', (text, priority) => {
    expect(readPriority(text)).toBe(priority)
  })

  test('a priority is shown by its name where it has one, and can be read again', () => {
    expect([1, 4, 5, 8, 15].map(showPriority)).toEqual(['low', 'normal', '5', 'high', 'top'])
    for (const priority of ALL_PRIORITIES) expect(readPriority(showPriority(priority))).toBe(priority)
  })
})
