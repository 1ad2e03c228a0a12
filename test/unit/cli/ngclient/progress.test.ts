import { describe, expect, test } from 'vitest'
import type { HubJob } from '../../../../src/cli/ngclient/hub/job.ts'
import { lookAt, Meter, shareOf } from '../../../../src/cli/ngclient/watch/progress.ts'
import { createProgressDisplay } from '../../../../src/cli/ngclient/watch/progress-display.ts'
import { progressLine } from '../../../../src/cli/ngclient/watch/progress-line.ts'
import { HandClock } from '../../../support/clock.ts'

const MIB = 1024 * 1024

function aJob(processed: number, movedMib: number, changes: Partial<HubJob> = {}): HubJob {
  return {
    id: 42,
    url: '',
    type: 'migrate',
    site: 'site1',
    queue: 'default',
    owner: 'me',
    state: 'STARTED',
    discovery: null,
    paths: [],
    fields: {},
    created: '',
    started: null,
    completed: null,
    numfiles: 100,
    total_bytes: 1000 * MIB,
    moved_bytes: movedMib * MIB,
    stats: { processed, skipped: 0, aborted: 0, failed: 0 },
    ...changes,
  }
}

/** A look each second, at jobs that processed so many files and moved so many MiB. */
function measured(...looks: [files: number, mib: number][]) {
  const meter = new Meter()
  for (const [second, [files, mib]] of looks.entries()) meter.note(lookAt(aJob(files, mib), second * 1000))
  return meter.pace
}

describe('the pace of a job', () => {
  test('is what was done over the last looks', () => {
    expect(measured([0, 0], [5, 50], [10, 100])).toEqual({ filesPerS: 5, bytesPerS: 50 * MIB, leftS: 18 })
  })

  test('follows a change within twenty seconds', () => {
    const slow = Array.from({ length: 30 }, (): [number, number] => [0, 0])
    const fast = Array.from({ length: 21 }, (_, second): [number, number] => [second, 10 * second])
    expect(measured(...slow, ...fast).bytesPerS).toBe(10 * MIB)
  })

  test('is not taken over a pause', () => {
    const meter = new Meter()
    meter.note(lookAt(aJob(0, 0), 0))
    meter.forget()
    meter.note(lookAt(aJob(10, 100), 15_000))
    meter.note(lookAt(aJob(20, 200), 16_000))
    expect(meter.pace.bytesPerS).toBe(100 * MIB)
  })

  test('of one look, of a job that stands still or has hardly begun says nothing of the end', () => {
    expect(measured([0, 0]).leftS).toBeNull()
    expect(measured([0, 0], [0, 9]).leftS).toBeNull()
    expect(measured([5, 50], [5, 50])).toEqual({ filesPerS: 0, bytesPerS: 0, leftS: null })
  })
})

describe('how far a job is', () => {
  test('is told by bytes where one large file is most of it, and by files where nothing had to be moved', () => {
    expect(shareOf(lookAt(aJob(0, 500), 0))).toBe(0.5)
    expect(shareOf(lookAt(aJob(0, 0, { stats: { skipped: 90 } }), 0))).toBe(0.9)
    expect(shareOf(lookAt(aJob(0, 0, { numfiles: 0, total_bytes: 0, stats: {} }), 0))).toBe(0)
  })

  test('is never more than all of it, though each step counts a path', () => {
    expect(shareOf(lookAt(aJob(150, 0), 0))).toBe(1)
  })
})

describe('the line', () => {
  const line = (width: number, job = aJob(25, 250)) => {
    const meter = new Meter()
    meter.note(lookAt(aJob(0, 0), 0))
    meter.note(lookAt(job, 5000))
    return progressLine(job.state, lookAt(job, 5000), meter.pace, width)
  }

  test('shows a bar, files, bytes, rate and the time left', () => {
    expect(line(120)).toBe('[=====>              ]  25%  25/100 files  250 MiB/1000 MiB  50.0 MiB/s  ETA 0:15')
  })

  test('gives way from its end on a narrow terminal', () => {
    expect(line(50)).toBe('[=====>              ]  25%  25/100 files')
    expect(line(10)).toBe('[=====>   ')
  })

  test('names the state of a job that does not run', () => {
    expect(line(120, aJob(25, 250, { state: 'PAUSED' }))).toMatch(/MiB {2}paused$/)
  })

  test('says 100 % only of a job that is over', () => {
    expect(line(120, aJob(100, 1000))).toContain('>]  99%')
    expect(line(120, aJob(100, 1000, { state: 'SUCCESS' }))).toMatch(/^\[={20}\] 100%/)
  })
})

test('without a terminal there is a sentence every ten seconds', () => {
  const clock = new HandClock()
  const said: string[] = []
  const output = { isTTY: false } as NodeJS.WriteStream
  const display = createProgressDisplay(clock, { message: (sentence) => void said.push(sentence) }, output)
  for (let second = 0; second <= 25; second += 1) {
    display.show(aJob(second, 10 * second))
    clock.turn(1000)
  }
  expect(said).toEqual([
    'job 42:  10%, 10/100 files, 100 MiB/1000 MiB, 10.0 MiB/s, ETA 1:30',
    'job 42:  20%, 20/100 files, 200 MiB/1000 MiB, 10.0 MiB/s, ETA 1:20',
  ])
})

test('on a terminal the bar is drawn anew in its own line, and gone at the end', () => {
  const clock = new HandClock()
  let shown = ''
  const write = (text: string) => {
    shown += text
    return true
  }
  const output = { isTTY: true, columns: 44, write } as unknown as NodeJS.WriteStream
  const display = createProgressDisplay(clock, { message: () => expect.fail('no sentences') }, output)
  for (const files of [0, 50]) display.show(aJob(files, 0))
  display.end()
  expect(shown.split('\u001b[1G\u001b[2K')).toEqual([
    '',
    '[>                   ]   0%  0/100 files',
    '[==========>         ]  50%  50/100 files',
    '',
  ])
})
