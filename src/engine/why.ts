/** Why a job is where it is, in sentences for the person who waits (nc why; Tasker Compatibility). */

import { allocate, type Offer } from '../job/allocation.ts'
import { demandOf } from '../job/demand.ts'
import type { Job } from '../job/job.ts'

export interface Surroundings {
  /** What the host has left; undefined while no tasker is connected. */
  offer: Offer | undefined
  hostName: string
  /** Jobs of its bucket that go first. */
  ahead: number
}

export function reasonsFor(job: Job, surroundings: Surroundings): string[] {
  if (job.state === 'queued') return waiting(job, surroundings)
  const sentence = SENTENCE[job.state](job)
  return job.reason ? [sentence, `${capitalized(job.reason)}.`] : [sentence]
}

const SENTENCE: Readonly<Record<Exclude<Job['state'], 'queued'>, (job: Job) => string>> = {
  idle: () => 'It is not scheduled; rerun it to queue it.',
  running: ({ run, attempt }) => `It is running on ${run?.host}, attempt ${attempt}.`,
  suspended: ({ run }) => `It is suspended on ${run?.host}; resume it to let it go on.`,
  done: () => 'It ran and exited with a legal status.',
  failed: ({ end }) => FAILED[end?.cause ?? 'exit'],
  sleeping: () => 'Its outputs are in conflict with those of another job.',
  withdrawn: () => 'It was withdrawn after it had been dispatched, and returns to the queue.',
  transfer: () => 'It is on its way to another cluster.',
}

const FAILED = {
  exit: 'It failed: its exit status is not a legal one.',
  signal: 'It failed: a signal that nobody asked the server for ended it.',
  stopped: 'It failed: somebody stopped it.',
  autokill: 'It failed: it reached its time limit (autokill).',
  memory: 'It failed: it used more memory than it may.',
  start: 'It failed: it could not be started.',
  lost: 'It failed: its tasker was lost, and nobody knows how it ended.',
} as const

function waiting(job: Job, { offer, hostName, ahead }: Surroundings): string[] {
  const sentences = [waitsFor(job, offer, hostName)]
  if (ahead > 0) sentences.push(`${ahead} ${ahead === 1 ? 'job of its bucket goes' : 'jobs of its bucket go'} first.`)
  if (job.reason) sentences.push(`${capitalized(job.reason)}.`)
  return sentences
}

/** What the next job of a kind lacks, as one sentence. */
export function waitsFor(job: Job, offer: Offer | undefined, hostName: string): string {
  if (!offer) return 'It waits for a tasker: none is connected.'
  const allocation = allocate(demandOf(job.request.resources), offer)
  if ('missing' in allocation) return `It waits for resources of ${hostName}: ${allocation.missing}.`
  return 'It is about to start.'
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
