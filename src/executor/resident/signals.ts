/** Orders to signal on their way to a resident and back, each with a ticket by which its answer is known. */

import type { Clock } from '../../base/clock.ts'
import { DomainError, type ErrorCode, isDomainError, messageOf } from '../../base/errors.ts'
import type { LineLog } from './line-log.ts'

export type SignalAnswer =
  | { kind: 'signalled'; ticket: number }
  | { kind: 'notSignalled'; ticket: number; code: ErrorCode; message: string }

interface Waiting {
  resolve(): void
  reject(error: DomainError): void
  /** Ends the patience. */
  cancel(): void
}

const PATIENCE_MS = 15_000

/** The server's end. */
export class PendingSignals {
  readonly #clock: Clock
  readonly #waiting = new Map<number, Waiting>()
  #lastTicket = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws what the resident answers, and `unanswered` when it does not */
  order(send: (ticket: number) => void, unanswered: () => DomainError): Promise<void> {
    this.#lastTicket += 1
    const ticket = this.#lastTicket
    send(ticket)
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(PATIENCE_MS, () => this.#take(ticket)?.reject(unanswered()))
      this.#waiting.set(ticket, { resolve, reject, cancel })
    })
  }

  answered(answer: SignalAnswer): void {
    const waiting = this.#take(answer.ticket)
    if (answer.kind === 'signalled') waiting?.resolve()
    else waiting?.reject(new DomainError(answer.code, answer.message))
  }

  /** No answer will come any more. */
  failAll(error: DomainError): void {
    for (const ticket of [...this.#waiting.keys()]) this.#take(ticket)?.reject(error)
  }

  #take(ticket: number): Waiting | undefined {
    const waiting = this.#waiting.get(ticket)
    this.#waiting.delete(ticket)
    waiting?.cancel()
    return waiting
  }
}

/** The resident's end. */
export async function answerSignal(ticket: number, signal: () => Promise<void>, log: LineLog): Promise<SignalAnswer> {
  try {
    await signal()
    return { kind: 'signalled', ticket }
  } catch (error) {
    if (!isDomainError(error)) log('error', messageOf(error))
    const code = isDomainError(error) ? error.code : 'unavailable'
    return { kind: 'notSignalled', ticket, code, message: messageOf(error) }
  }
}
