/** What decoder and its thread say to each other. */

import type { JobMetric } from '../metric.ts'
import type { Wanted } from './curve-reader.ts'

export type DecodeRequest =
  /** `content` is handed over; without it the thread is asked for what it still has. */
  | { kind: 'read'; id: number; key: string; wanted: Wanted; content?: Uint8Array<ArrayBuffer> }
  | { kind: 'forget'; key: string }

export type DecodeAnswer =
  | { id: number; kind: 'curves'; curves: JobMetric[] }
  | { id: number; kind: 'absent' }
  | { id: number; kind: 'failure'; reason: string }

/** Handed to the thread at its start. */
export interface DecoderSettings {
  /** Of documents that are kept to be read again. */
  cacheBytes: number
}
