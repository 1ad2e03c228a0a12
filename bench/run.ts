/** Submit, run and end 10,000 times `/bin/true` with a log each, beside xargs, task-spooler and, where there is one, Slurm. */

import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { aJob, countStates, startYard, type Yard } from '../test/support/yard.ts'
import { postJobs } from './raw-client.ts'
import { perSecond, report } from './report.ts'

const JOBS = 10_000
const CONNECTIONS = 16
const FLOOR = 0.6
const POLL_MS = 50
const PEER_JOBS = 1000

export async function benchRun(): Promise<void> {
  const xargs = rateOf(`seq ${JOBS} | xargs -P${cpus().length} -n1 /bin/true`, JOBS)
  const yard = await startYard()
  const ours = await runThrough(yard, JOBS)
  await yard.remove()
  const ratio = ours / xargs
  report({
    question: `submit, run and end ${JOBS} × /bin/true`,
    ours: perSecond(ours),
    reference: [`xargs -P${cpus().length} ${perSecond(xargs)}`, taskSpooler(), slurm()].filter(Boolean).join(', '),
    ratio,
    floor: String(FLOOR),
    kept: ratio >= FLOOR,
  })
}

/** Jobs a second from the first submission to the last end. @throws when one did not end as Done */
export async function runThrough(yard: Yard, jobs: number): Promise<number> {
  const bodies = Array.from({ length: jobs }, () => JSON.stringify(aJob()))
  const began = performance.now()
  await postJobs(yard, bodies, CONNECTIONS)
  for (;;) {
    const { Done = 0, Failed = 0 } = await countStates(yard)
    if (Failed > 0) throw new Error(`${Failed} jobs failed`)
    if (Done >= jobs) return (jobs / (performance.now() - began)) * 1000
    await delay(POLL_MS)
  }
}

function rateOf(script: string, jobs: number): number {
  const began = performance.now()
  execFileSync('sh', ['-c', script], { stdio: 'ignore' })
  return (jobs / (performance.now() - began)) * 1000
}

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Debian's task-spooler with as many slots as cores, in a queue of its own. */
function taskSpooler(): string {
  if (!has('tsp')) return ''
  const socket = `TS_SOCKET=/tmp/yard-bench-tsp-${process.pid} TMPDIR=/tmp`
  const submit = `for i in $(seq ${PEER_JOBS}); do ${socket} tsp -n /bin/true >/dev/null; done`
  const script = `${socket} TS_MAXFINISHED=1 tsp -S ${cpus().length}; ${submit}; ${socket} tsp -w; ${socket} tsp -K`
  return `task-spooler ${perSecond(rateOf(script, PEER_JOBS))}`
}

/** A Slurm that answers here, one `sbatch --wait`-less array of as many jobs. */
function slurm(): string {
  if (!has('sbatch') || !has('scontrol')) return ''
  try {
    execFileSync('scontrol', ['ping'], { stdio: 'ignore', timeout: 5000 })
    const script = `sbatch --wait --array=1-${PEER_JOBS} -o /dev/null --wrap /bin/true`
    return `Slurm ${perSecond(rateOf(script, PEER_JOBS))}`
  } catch {
    return ''
  }
}
