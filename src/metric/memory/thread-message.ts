/** What the server's thread and the thread of measured values say to each other. */

import type { Instant } from '../../base/clock.ts'
import type { ErrorCode } from '../../base/errors.ts'
import type { HostHealth, MeteredCluster, Sample, Selector, SeriesAnswer, SeriesQuery } from '../metric-store.ts'

export interface ThreadData {
  directory: string
  retentionMs: number
  memoryMb: number
}

/** What can be asked of the thread, each with its answer. */
export interface Questions {
  load: [asked: Record<never, never>, answer: null]
  configure: [asked: { clusters: readonly MeteredCluster[] }, answer: null]
  /** Line protocol begins, with the cluster of lines that name none. */
  open: [asked: { body: number; cluster: string }, answer: null]
  /** Its buffer goes to the thread and, unless it was refused, comes back. */
  piece: [asked: { body: number; bytes: Uint8Array<ArrayBuffer> }, answer: ArrayBuffer]
  /** Answers how many values were kept. */
  end: [asked: { body: number }, answer: number]
  abandon: [asked: { body: number }, answer: null]
  put: [asked: { samples: readonly Sample[] }, answer: null]
  retain: [asked: { hosts: Readonly<Record<string, readonly string[]>> }, answer: null]
  read: [asked: { queries: readonly SeriesQuery[] }, answer: SeriesAnswer[][]]
  free: [asked: { before: Instant; selectors: readonly Selector[] }, answer: number]
  describe: [asked: { selector: Selector }, answer: unknown]
  health: [asked: { cluster: string; hosts: readonly string[]; metrics: readonly string[] }, answer: HostHealth[]]
  usage: [asked: Record<never, never>, answer: { series: number; points: number; bytes: number }]
  checkpoint: [asked: Record<never, never>, answer: null]
  /** Once an interval. */
  tick: [asked: Record<never, never>, answer: null]
  close: [asked: Record<never, never>, answer: null]
}

export type Kind = keyof Questions
export type Asked<K extends Kind> = Questions[K][0]
export type Answer<K extends Kind> = Questions[K][1]

export type Question = { [K in Kind]: { kind: K } & Asked<K> }[Kind]

export interface Letter {
  /** 0 when nobody waits for an answer. */
  id: number
  now: Instant
  question: Question
}

export type Reply =
  | { id: number; answer: unknown }
  | { id: number; refused: { code: ErrorCode; message: string } }
  /** A mistake of ours. */
  | { id: number; broken: string }
  /** What is wrong with the disk, or null when it is well again. */
  | { trouble: string | null }
