/** A job that is to run, as the order that its executor gets. */

import type { Account, FindAccount } from '../executor/account.ts'
import type { Executor, StartOrder } from '../executor/executor.ts'
import { isPlain } from '../job/allocation.ts'
import { argvOf } from '../job/command.ts'
import { composeEnvironment, environmentStepsOf, needsSnapshot } from '../job/environment.ts'
import type { Amounts, Job } from '../job/job.ts'
import { isTask } from '../job/task-job.ts'
import type { EnvironmentStore } from '../store/store.ts'
import type { Board } from './board.ts'
import type { Executors } from './executors.ts'

export interface OrderParts {
  environments: EnvironmentStore
  /** As whom jobs run: the submitting account, or the server's own. */
  runAs: 'submitter' | 'server'
  findAccount: FindAccount
  /** The server's own login name. */
  ownAccount: string
  projectName: string
}

const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'
/** A job sent ahead that got no place by then goes back to its place in the queue. */
const PATIENCE_MS = 1000
const NORMAL_XPRIORITY = 4
/** Nice level that one step of execution priority below normal adds: low (1) runs at 15. */
const NICE_STEP = 5

/** `capacity` is that of the host it goes to. */
export async function orderOf(job: Job, parts: OrderParts, capacity: Amounts): Promise<StartOrder> {
  if (isTask(job)) return taskOrderOf(job)
  const { request } = job
  const account = await parts.findAccount(parts.runAs === 'submitter' ? request.user : parts.ownAccount)
  return {
    jobId: job.id,
    attempt: job.attempt,
    argv: argvOf(request.command),
    env: await environmentOf(job, account, parts),
    rundir: request.rundir,
    logfile: request.logfile,
    account: parts.runAs === 'submitter' ? request.user : null,
    nice: Math.max(0, NORMAL_XPRIORITY - request.xpriority) * NICE_STEP,
    umask: request.umask,
    killAfterMs: request.autokillMs,
    ramLimitMb: 0,
    ...placeFor(job, capacity),
  }
}

/** Whoever runs it asks for what it is about: no command, no account and no limits. */
function taskOrderOf({ id, attempt, request }: Job): StartOrder {
  return {
    jobId: id,
    attempt,
    argv: ['yardmaster-task', ...request.command.split(' ')],
    env: {},
    rundir: '/',
    logfile: null,
    account: null,
    nice: 0,
    umask: request.umask,
    killAfterMs: 0,
    ramLimitMb: 0,
  }
}

/** A job that was sent ahead waits for one like it to end; with a free slot there is no wait. */
function placeFor({ run }: Job, capacity: Amounts): Pick<StartOrder, 'place'> {
  if (!run || !isPlain(run.held, capacity)) return {}
  return { place: { atMost: capacity.SLOTS ?? 1, patienceMs: PATIENCE_MS } }
}

async function environmentOf(job: Job, account: Account | undefined, parts: OrderParts) {
  const steps = environmentStepsOf(job.request.env)
  const hash = job.request.snapshot
  const snapshot = hash !== null && needsSnapshot(steps) ? await parts.environments.get(hash) : undefined
  const variables = composeEnvironment(steps, { base: baseOf(account), snapshot })
  // VOV's own names for a job's place, which job scripts look for.
  return { ...variables, VOV_JOBID: String(job.id), VOV_PROJECT_NAME: parts.projectName }
}

function baseOf(account: Account | undefined): Record<string, string> {
  const base = { PATH }
  if (!account) return base
  const { name, home, shell } = account
  return { ...base, HOME: home, USER: name, LOGNAME: name, SHELL: shell }
}

/**
 * Sends what is still wanted. An order that waited for a look-up may have been sent by somebody else in the meantime,
 * run and ended; its executor may have forgotten it and would run it again.
 */
export function giveOrders(executors: Executors, board: Board, orders: readonly StartOrder[]): void {
  const byOwner = new Map<Executor, StartOrder[]>()
  for (const order of orders) {
    const job = board.activeJob(order.jobId)
    if (job?.attempt !== order.attempt) continue
    const owner = executors.ownerOf(job)
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), order])
  }
  for (const [owner, wanted] of byOwner) owner.start(wanted)
}
