/** What movers tell, brought to the desk first and to the engine then. */

import type { Desk } from '../desk.ts'
import type { ExecutorEvent } from '../executor.ts'
import type { FromMover, ToMover } from '../mover-protocol.ts'
import type { HandIn } from './hand-in.ts'
import type { HeldAttempts } from './held.ts'
import { factsOf } from './task-end.ts'

export interface ReportParts {
  desk: Desk
  handIn: HandIn
  held: HeldAttempts
  tell(event: ExecutorEvent): void
  send(site: string, message: ToMover): void
}

type Told<Kind extends FromMover['kind']> = Extract<FromMover, { kind: Kind }>

export class Reports {
  readonly #parts: ReportParts

  constructor(parts: ReportParts) {
    this.#parts = parts
  }

  receive(site: string, message: FromMover): void {
    if (!('jobId' in message)) return
    const { desk, held, tell } = this.#parts
    const { jobId, attempt } = message
    const known = held.add(message, site)
    switch (message.kind) {
      case 'refused':
        held.drop(message)
        tell({ ...message, retry: true })
        break
      case 'suspended':
      case 'resumed':
        known.suspended = message.kind === 'suspended'
        tell(message)
        break
      case 'progress':
        desk.progress({ jobId, attempt }, message.progress)
        break
      case 'finding':
        this.#store(site, message)
        break
      case 'ended':
        this.#end(message)
        break
      default:
        tell(message)
    }
  }

  #store(site: string, { jobId, attempt, finding }: Told<'finding'>): void {
    const { desk, handIn, send } = this.#parts
    const pair = { jobId, attempt }
    const goOn = () => send(site, { kind: 'found', ...pair, sequence: finding.sequence })
    handIn.add(pair, `finding ${finding.sequence}`, () => desk.found(pair, finding), goOn)
  }

  #end(message: Told<'ended'>): void {
    const { desk, handIn, tell } = this.#parts
    const { jobId, attempt, end } = message
    const pair = { jobId, attempt }
    const facts = factsOf(message)
    handIn.add(
      pair,
      'end',
      () => desk.ended(pair, end),
      () => tell({ kind: 'exited', ...pair, facts }),
    )
  }
}
