/**
 * A site's mover: `node main.ts DIR`. One small process a site, which outlives its server; its workers do the tasks, and
 * it keeps how they ended. Without DIR it only loads, which leaves Node's compile cache warm.
 */

import { rmSync } from 'node:fs'
import { systemClock as clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import {
  type FromMover,
  ledgerFile,
  MAX_MOVER_LINE_BYTES,
  MAX_MOVER_UNSENT_BYTES,
  MOVER_SOCKET,
  MOVER_VERSION,
  type ToMover,
} from '../executor/mover-protocol.ts'
import { Door } from '../executor/resident/door.ts'
import { enter } from '../executor/resident/enter.ts'
import { Lifetime } from '../executor/resident/lifetime.ts'
import { lineLog as log } from '../executor/resident/line-log.ts'
import { answerSignal } from '../executor/resident/signals.ts'
import type { Site } from '../workflow/site.ts'
import { AttemptBook } from './attempt-book.ts'
import { Crew } from './crew.ts'
import { Foreman } from './foreman.ts'
import { readMessage } from './message.ts'
import { Recovery } from './recovery.ts'
import { Sampler } from './sampler.ts'
import { WorkerBook } from './worker-book.ts'

type MoverDoor = Door<ToMover, FromMover>

function leave(reason: string): void {
  log('info', `the mover ends: ${reason}`)
  rmSync(MOVER_SOCKET, { force: true })
  process.exit(0)
}

type Parts = { foreman: Foreman; lifetime: Lifetime }

function receive(message: ToMover, { foreman, lifetime }: Parts, reply: (answer: FromMover) => void): void {
  if (message.kind === 'start') foreman.start(message, message.order)
  if (message.kind === 'bandwidth') foreman.limit(message.bytesPerSecond)
  if (message.kind === 'found') foreman.findingStored(message, message.sequence)
  if (message.kind === 'stored') foreman.stored(message.attempts)
  if (message.kind === 'signal') void answerSignal(message.ticket, () => foreman.signal(message.order), log).then(reply)
  if (message.kind === 'ping') reply({ kind: 'pong' })
  if (message.kind === 'retire') lifetime.retire()
  else lifetime.consider()
}

async function openParts(dir: string, tell: (message: FromMover) => void) {
  const workers = new WorkerBook('workers')
  await workers.endAll()
  const book = new AttemptBook('attempts', clock)
  const crew = new Crew({ ledger: ledgerFile(dir), book: workers, clock, log })
  let site: Site | undefined
  const recovery = new Recovery({ crew, clock, log, site: () => site! })
  const foreman = new Foreman({ book, crew, recovery, clock, log, tell })
  return { book, foreman, introduce: (given: Site) => (site = given) }
}

async function run(dir: string): Promise<void> {
  const { book, foreman, introduce } = await openParts(dir, (message) => {
    door.send(message)
    if (message.kind === 'started') sampler.wake()
    if (message.kind !== 'progress') lifetime.consider()
  })
  const sampler = new Sampler({
    clock,
    running: () => foreman.working(),
    tell: (samples) => door.send({ kind: 'samples', samples }),
  })
  const door: MoverDoor = new Door<ToMover, FromMover>({
    ...{ log, read: readMessage, maxLineBytes: MAX_MOVER_LINE_BYTES, maxUnsentBytes: MAX_MOVER_UNSENT_BYTES },
    greet(hello) {
      if (hello.kind === 'hello') introduce(hello.site)
      return { kind: 'hello', version: MOVER_VERSION, inventory: foreman.inventory() }
    },
    receive: (message, reply) => receive(message, { foreman, lifetime }, reply),
    came() {
      lifetime.stay()
      foreman.repeat()
    },
    left: () => lifetime.consider(),
  })
  const lifetime: Lifetime = new Lifetime({
    clock,
    isIdle: () => foreman.runningCount === 0,
    isQuiet: () => foreman.runningCount === 0 && book.size === 0,
    isConnected: () => door.isConnected,
    end: leave,
  })
  process.on('SIGHUP', () => {})
  process.on('SIGTERM', () => {
    if (foreman.runningCount === 0) leave('SIGTERM')
    log('warn', `SIGTERM is ignored while ${foreman.runningCount} tasks run`)
  })
  await door.open(MOVER_SOCKET)
  lifetime.consider()
  log('info', 'the mover is ready')
}

const dir = process.argv[2]
if (dir) {
  try {
    enter(dir, 'mover')
    await run(dir)
  } catch (error) {
    log('error', `the mover cannot run: ${messageOf(error)}`)
    process.exit(1)
  }
}
