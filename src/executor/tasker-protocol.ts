/**
 * What server and tasker say to each other over the tasker's socket: a line of JSON a message, several lines a write.
 * The server says hello first; nothing is told to it before the answer, and a newer hello ends an older connection.
 */

import type { ErrorCode } from '../base/errors.ts'
import type { Attempt, ExecutorEvent, ExecutorSamples, Inventory, SignalOrder, StartOrder } from './executor.ts'

/** Raised with every change that an older tasker, which may still keep jobs, would not understand. `retire` never changes. */
export const PROTOCOL_VERSION = 1

/** Name of the tasker's directory in the data directory, and of its socket in it. */
export const TASKER_FOLDER = 'tasker'
export const SOCKET_NAME = 'tasker.sock'

/** Longest line to the tasker: the kernel takes no larger arguments and environment than this. */
export const MAX_LINE_BYTES = 16 << 20
/** Longest order in characters, so that none makes a line longer than that. */
export const MAX_ORDER_LENGTH = 2 << 20
/** What may wait for a reader that does not read, before it is taken for dead. */
export const MAX_UNSENT_BYTES = 64 << 20

export type ToTasker =
  | { kind: 'hello'; version: number }
  | { kind: 'start'; order: StartOrder }
  | { kind: 'signal'; ticket: number; order: SignalOrder }
  | { kind: 'stored'; attempts: readonly Attempt[] }
  /** End as soon as nothing runs. */
  | { kind: 'retire' }

export type FromTasker =
  /** `ends`: the exits and losses that are not stored yet; in one message, so that nobody takes an attempt that ended for one that was never started. */
  | { kind: 'hello'; version: number; inventory: Inventory; ends: readonly ExecutorEvent[] }
  | { kind: 'events'; events: readonly ExecutorEvent[] }
  /** Fire and forget. A server that does not know this kind passes over it, so that it needs no newer version. */
  | { kind: 'samples'; samples: ExecutorSamples }
  | { kind: 'signalled'; ticket: number }
  | { kind: 'notSignalled'; ticket: number; code: ErrorCode; message: string }
