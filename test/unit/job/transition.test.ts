import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDomainError } from '../../../src/base/errors.ts'
import type { JobEvent } from '../../../src/job/event.ts'
import { isActive, isFinal, JOB_STATES, type Job, type JobState } from '../../../src/job/job.ts'
import { FROM, transition } from '../../../src/job/transition.ts'
import { aJob, anEnd, aRequest, aRun, NOW } from '../../support/jobs.ts'

function jobIn(state: JobState, changes: Partial<Job> = {}): Job {
  const run =
    isActive(state) || isFinal(state) ? aRun({ suspendedAt: state === 'suspended' ? NOW + 2000 : null }) : null
  const exitCode = state === 'failed' ? 3 : 0
  const end = isFinal(state) ? anEnd({ cause: state === 'failed' ? 'exit' : null, exitCode }) : null
  return aJob({ state, run, end, attempt: run ? 1 : 0, ...changes })
}

/** Enough variants of every event to reach whatever it may lead to. */
function variantsOf(kind: JobEvent['kind'], job: Job): [Job, JobEvent][] {
  const facts = { at: NOW + 9000, exitCode: 0, signal: null, cpuMs: 1, maxRamMb: 1 }
  const rerunnable = { ...job, request: aRequest({ rerunnable: true }) }
  const all: Record<JobEvent['kind'], [Job, JobEvent][]> = {
    schedule: [[job, { kind: 'schedule', rank: 5, force: true }]],
    dequeue: [[job, { kind: 'dequeue', reason: 'r' }]],
    start: [[job, { kind: 'start', at: NOW, host: 'node01', held: { SLOTS: 1 } }]],
    withdraw: [[job, { kind: 'withdraw', reason: 'r' }]],
    suspend: [[job, { kind: 'suspend', at: NOW }]],
    resume: [[job, { kind: 'resume', at: NOW }]],
    exit: [
      [job, { kind: 'exit', facts }],
      [job, { kind: 'exit', facts: { ...facts, exitCode: 1 } }],
    ],
    lose: [
      [job, { kind: 'lose', at: NOW, reason: 'r' }],
      [rerunnable, { kind: 'lose', at: NOW, reason: 'r' }],
    ],
    modify: [
      [job, { kind: 'modify', request: aRequest(), invalidates: false }],
      [job, { kind: 'modify', request: aRequest({ legalExit: [3] }), invalidates: false }],
      [job, { kind: 'modify', request: aRequest({ command: 'true' }), invalidates: true }],
    ],
  }
  return all[kind]
}

const KINDS = Object.keys(FROM) as JobEvent['kind'][]

function edges(): Set<string> {
  const found = new Set<string>()
  for (const kind of KINDS) {
    for (const state of FROM[kind]) {
      for (const [job, event] of variantsOf(kind, jobIn(state))) {
        found.add(`${state} --> ${transition(job, event).state}: ${kind}`)
      }
    }
  }
  return found
}

test('docs/lifecycle.md draws exactly the transitions that there are', () => {
  const page = readFileSync(new URL('../../../docs/lifecycle.md', import.meta.url), 'utf8')
  const drawn = [...page.matchAll(/^ {2}(\w+ --> \w+: \w+)$/gm)].map(([, edge]) => edge!)
  expect(new Set(drawn)).toEqual(edges())
})

test('an event from any other state is refused with the state and what to do', () => {
  for (const kind of KINDS) {
    for (const state of JOB_STATES.filter((candidate) => !FROM[kind].includes(candidate))) {
      const [[job, event]] = variantsOf(kind, jobIn(state)) as [[Job, JobEvent]]
      expect(() => transition(job, event)).toThrow(new RegExp(`it is ${state}`))
    }
  }
})

describe('whatever happens in whatever order', () => {
  const anEvent = fc.constantFrom(...KINDS).chain((kind) => fc.nat(2).map((variant) => ({ kind, variant })))

  test('a final job has an end, an active one a run, and the version grows by one with each change', () => {
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 30 }), fc.boolean(), (events, rerunnable) => {
        let job = aJob({ request: aRequest({ rerunnable }) })
        for (const { kind, variant } of events) {
          const variants = variantsOf(kind, job)
          const [, event] = variants[variant % variants.length]!
          job = step(job, event)
        }
      }),
    )
  })
})

function step(job: Job, event: JobEvent): Job {
  try {
    const next = transition(job, event)
    expect(next.version).toBe(job.version + 1)
    expect(next.end !== null).toBe(isFinal(next.state))
    if (next.state === 'running' || next.state === 'suspended') expect(next.run).not.toBeNull()
    expect(next.end?.cause === null || next.end === null).toBe(next.state !== 'failed')
    return next
  } catch (error) {
    if (!isDomainError(error, 'conflict')) throw error
    return job
  }
}

test('the transition leaves the job that it was given as it was', () => {
  const job = Object.freeze(jobIn('queued'))
  transition(job, { kind: 'start', at: NOW, host: 'h', held: {} })
  expect(job.state).toBe('queued')
})
