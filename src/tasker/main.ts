/**
 * The tasker: `node main.ts DIR`. One small process a server, which outlives it; it forks jobs and keeps how they ended.
 * Without DIR it only loads, which leaves Node's compile cache warm.
 */

import { rmSync } from 'node:fs'
import { systemClock as clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import type { ExecutorSamples } from '../executor/executor.ts'
import { Door } from '../executor/resident/door.ts'
import { enter } from '../executor/resident/enter.ts'
import { Lifetime } from '../executor/resident/lifetime.ts'
import { lineLog as log } from '../executor/resident/line-log.ts'
import { identify } from '../executor/resident/process/process-identity.ts'
import { readProcess } from '../executor/resident/process/process-table.ts'
import { answerSignal } from '../executor/resident/signals.ts'
import {
  type FromTasker,
  MAX_LINE_BYTES,
  MAX_UNSENT_BYTES,
  PROTOCOL_VERSION,
  SOCKET_NAME,
  type ToTasker,
} from '../executor/tasker-protocol.ts'
import { Backlog } from './backlog.ts'
import type { Forker } from './fork/forker.ts'
import { openForker } from './fork/open-forker.ts'
import { watchHost } from './host/host-watch.ts'
import { Journal } from './journal.ts'
import { Keeper } from './keeper.ts'
import { readMessage } from './message.ts'
import { recover } from './recovery.ts'

type Reply = (answer: FromTasker) => void
type TaskerDoor = Door<ToTasker, FromTasker>

async function openParts() {
  const journal = new Journal('journal.jsonl', log)
  await recover({ clock, journal, log })
  const forker = await openForker({ log, died: leaveToTheNext })
  if (forker.pid !== null) {
    const startTime = readProcess(forker.pid)?.startTime ?? ''
    journal.add({ kind: 'forker', process: identify(forker.pid, startTime) })
    journal.flush()
  }
  return { journal, forker }
}

/** The next tasker finds in the journal what ran, ends what is left of it and reports it as lost. */
function leaveToTheNext(reason: string): void {
  log('error', `${reason}; the tasker ends`)
  process.exit(1)
}

function leave(reason: string, { journal, forker }: { journal: Journal; forker: Forker }): void {
  log('info', `the tasker ends: ${reason}`)
  journal.flush()
  forker.close()
  rmSync(SOCKET_NAME, { force: true })
  process.exit(0)
}

function receive(message: ToTasker, { keeper, lifetime }: { keeper: Keeper; lifetime: Lifetime }, reply: Reply): void {
  if (message.kind === 'start') keeper.start(message.order)
  if (message.kind === 'stored') keeper.stored(message.attempts)
  if (message.kind === 'retire') lifetime.retire()
  if (message.kind === 'signal') void answerSignal(message.ticket, () => keeper.signal(message.order), log).then(reply)
}

function greeting(keeper: Keeper): FromTasker {
  return { kind: 'hello', version: PROTOCOL_VERSION, inventory: keeper.inventory(), ends: keeper.ends() }
}

/** Every look is told at once, or kept for the next server. */
function sampleTeller(door: () => TaskerDoor) {
  const backlog = new Backlog()
  const send = (samples: ExecutorSamples) => door().send({ kind: 'samples', samples })
  return {
    tell: (samples: ExecutorSamples) => (door().isConnected ? send(samples) : backlog.add(samples)),
    catchUp: () => backlog.take().forEach(send),
  }
}

async function run(): Promise<void> {
  const parts = await openParts()
  const teller = sampleTeller(() => door)
  const keeper = new Keeper({
    ...{ clock, ...parts },
    tell(events) {
      if (events.length > 0) door.send({ kind: 'events', events })
      lifetime.consider()
    },
    sampled: teller.tell,
  })
  const door: TaskerDoor = new Door({
    ...{ log, read: readMessage, maxLineBytes: MAX_LINE_BYTES, maxUnsentBytes: MAX_UNSENT_BYTES },
    greet: () => greeting(keeper),
    receive: (message, reply) => receive(message, { keeper, lifetime }, reply),
    came() {
      lifetime.stay()
      teller.catchUp()
    },
    left: () => lifetime.consider(),
  })
  const lifetime: Lifetime = new Lifetime({
    clock,
    isIdle: () => keeper.runningCount === 0,
    isQuiet: () => keeper.isQuiet,
    isConnected: () => door.isConnected,
    end: (reason) => leave(reason, parts),
  })
  process.on('SIGHUP', () => {})
  process.on('SIGTERM', () => {
    if (keeper.runningCount === 0) leave('SIGTERM', parts)
    log('warn', `SIGTERM is ignored while ${keeper.runningCount} jobs run`)
  })
  await door.open(SOCKET_NAME)
  watchHost({ clock, tell: teller.tell })
  lifetime.consider()
  log('info', `the tasker is ready, ${parts.forker.name} makes the jobs' processes`)
}

const dir = process.argv[2]
if (dir) {
  try {
    enter(dir, 'tasker')
    await run()
  } catch (error) {
    log('error', `the tasker cannot run: ${messageOf(error)}`)
    process.exit(1)
  }
}
