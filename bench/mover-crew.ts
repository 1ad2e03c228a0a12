/** Movers as they run in production, with a desk that hands out what a benchmark asks for. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src/base/clock.ts'
import { silentLog } from '../src/base/log.ts'
import type { Desk } from '../src/executor/desk.ts'
import type { Executor, StartOrder } from '../src/executor/executor.ts'
import { createMoverExecutor } from '../src/executor/mover/mover-executor.ts'
import { moverFolder } from '../src/executor/mover-protocol.ts'
import type { Site } from '../src/workflow/site.ts'
import type { Finding, TaskOrder } from '../src/workflow/task-order.ts'

const NOTHING = { argv: [], env: {}, rundir: '/', logfile: null, account: null, nice: 0, umask: 0, killAfterMs: 0 }
const BYTES_PER_MB = 1 << 20

export interface Crew {
  /** As many tasks at a time as the site has threads. Answers how long all took. @throws when a path failed */
  run(orders: IterableIterator<TaskOrder>, found?: (finding: Finding) => void): Promise<number>
  /** Of the mover and its workers together, now. */
  residentMb(): number
  close(): Promise<void>
}

export async function openCrew(dataDir: string, site: Site): Promise<Crew> {
  const given = new Map<number, TaskOrder>()
  const ended = new Map<number, (failure: string | null) => void>()
  let tell: (finding: Finding) => void = () => {}
  const desk: Desk = {
    order: async ({ jobId }) => given.get(jobId),
    found: async (_attempt, finding) => tell(finding),
    progress: () => {},
    async ended({ jobId }, { outcomes, failure }) {
      const wrong = outcomes.find(({ outcome }) => outcome !== 'processed')
      ended.get(jobId)?.(failure ?? (wrong ? `${wrong.path}: ${wrong.message}` : null))
      given.delete(jobId)
      ended.delete(jobId)
    },
  }
  const executor = createMoverExecutor({
    bandwidths: { of: () => 0, listen: () => undefined },
    silenceMs: () => 30_000,
    dataDir,
    sites: [site],
    desk,
    clock: systemClock,
    log: silentLog,
  })
  executor.listen((events) =>
    executor.stored(events.flatMap((each) => ('jobId' in each && each.kind === 'exited' ? [each] : []))),
  )
  await executor.open()
  const one = (order: TaskOrder) => runOne(executor, order, { given, ended })
  return {
    async run(orders, found = () => {}) {
      tell = found
      const began = performance.now()
      const lane = async () => {
        for (const order of orders) await one(order)
      }
      await Promise.all(Array.from({ length: site.queues[0]!.threads }, lane))
      return performance.now() - began
    },
    residentMb: () => residentMb(moverFolder(dataDir, site.name)),
    close: () => executor.retire(),
  }
}

interface Told {
  given: Map<number, TaskOrder>
  ended: Map<number, (failure: string | null) => void>
}

async function runOne(executor: Executor, order: TaskOrder, { given, ended }: Told): Promise<void> {
  const { task: jobId } = order
  given.set(jobId, order)
  const end = new Promise<string | null>((resolve) => ended.set(jobId, resolve))
  executor.start([{ ...NOTHING, jobId, attempt: 1, ramLimitMb: 0 } satisfies StartOrder])
  const failure = await end
  if (failure !== null) throw new Error(failure)
}

/** Of the mover of that folder and its workers. */
export function residentMb(dir: string): number {
  const workers = existsSync(join(dir, 'workers')) ? readdirSync(join(dir, 'workers')) : []
  const pids = [...workers.map((name) => name.split('.')[0]!), ...moversIn(dir)]
  return pids.reduce((sum, pid) => sum + residentBytes(pid), 0) / BYTES_PER_MB
}

function moversIn(dir: string): string[] {
  const isIt = (pid: string) => /^\d+$/.test(pid) && textOf(`/proc/${pid}/cmdline`).includes(`\0${dir}\0`)
  return readdirSync('/proc').filter(isIt)
}

function residentBytes(pid: string): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) * 1024
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
