import { expect, test } from 'vitest'
import { showEvent, showFarewell, showStanding, showSubmitted } from '../../../../src/dialect/accelerator/show.ts'
import { aJob, anEnd, aRun, runningJob } from '../../../support/jobs.ts'

test('a submission answers the unpadded number, and what it ignored only if it did', () => {
  expect(showSubmitted(aJob({ id: 45_080 }), [])).toEqual({ jobid: 45_080 })
  expect(showSubmitted(aJob({ id: 45_080 }), ['wait'])).toEqual({ jobid: 45_080, ignored: ['wait'] })
})

test('an order answers where the job stands', () => {
  const standing = { jobid: 1138, id: '000001138', status: 'RETRACING', statusnc: 'Running' }
  expect(showStanding(runningJob({ id: 1138 }))).toEqual(standing)
})

test('an event tells how a job ended', () => {
  const end = anEnd({ cause: 'signal', exitCode: null, signal: 'SIGKILL' })
  const job = aJob({ id: 7, state: 'failed', run: aRun(), end, reason: 'ended by signal SIGKILL' })
  expect(showEvent(job)).toEqual({
    id: '000000007',
    idint: 7,
    status: 'FAILED',
    statusnc: 'Failed',
    host: 'node01',
    exit: null,
    signal: 'SIGKILL',
    cause: 'signal',
    why: 'ended by signal SIGKILL',
  })
})

test('the farewell of a forgotten job has the form of an event', () => {
  expect(Object.keys(showFarewell(7))).toEqual(Object.keys(showEvent(aJob())))
})
