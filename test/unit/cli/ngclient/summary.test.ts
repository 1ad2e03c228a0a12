import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../../src/cli/ngclient/hub/failures.ts'
import { type HubJob, isOver, JOB_STATES, succeeded } from '../../../../src/cli/ngclient/hub/job.ts'
import { failureLines, summaryOf } from '../../../../src/cli/ngclient/watch/summary.ts'

const aJob = (changes: Partial<HubJob>) =>
  ({ id: 42, state: 'SUCCESS', started: null, completed: null, ...changes }) as HubJob

describe('the end of a job', () => {
  test('is told with what became of the paths, how much was moved and how long it took', () => {
    const stats = { processed: 1200, skipped: 3, aborted: 0, failed: 2 }
    const times = { started: '2026-11-21T09:00:00.5Z', completed: '2026-11-21T09:01:07Z' }
    expect(summaryOf(aJob({ state: 'ERROR', stats, moved_bytes: 5e9, ...times }))).toBe(
      'Job 42 ERROR: 1,200 processed, 3 skipped, 2 failed, 4.7 GiB in 1:07',
    )
    expect(summaryOf(aJob({ state: 'SKIPPED' }))).toBe('Job 42 SKIPPED: nothing to do')
  })

  test('is one of five states, and good in two', () => {
    const over = JOB_STATES.filter((state) => isOver({ state }))
    expect(over).toEqual(['SUCCESS', 'FAILURE', 'ERROR', 'CANCELLED', 'SKIPPED'])
    expect(over.filter((state) => succeeded({ state }))).toEqual(['SUCCESS', 'SKIPPED'])
  })
})

describe('failed paths', () => {
  let read = 0
  async function* failures(count: number): AsyncGenerator<Failure> {
    for (read = 0; read < count; ) {
      read += 1
      yield {
        task: 1,
        site: read === 2 ? 'site2' : 'site1',
        path: `/d/${read}`,
        message: read === 1 ? 'bad\u001b[2Jname' : '',
      }
    }
  }

  test('are shown with their messages, the site where that is another, and without what a terminal would obey', async () => {
    expect(await failureLines({ id: 42, site: 'site1' }, failures(2))).toEqual([
      '  /d/1: bad\\x1b[2Jname',
      '  /d/2: on site2: failed',
    ])
  })

  test('are shown up to twenty, and no more are asked for', async () => {
    const lines = await failureLines({ id: 42, site: 'site1' }, failures(1_000_000))
    expect(lines).toHaveLength(21)
    expect(lines.at(-1)).toBe('  … all of them: ngclient jobs tasks 42 --failed')
    expect(read).toBe(21)
  })
})
