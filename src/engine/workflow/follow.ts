/** Hears what happens to the jobs of tasks, and brings it into the record of workflows. */

import type { Clock } from '../../base/clock.ts'
import { isDomainError } from '../../base/errors.ts'
import type { Job } from '../../job/job.ts'
import { isTask } from '../../job/task-job.ts'
import { isRunOver, isTaskOver } from '../../workflow/state.ts'
import type { Run, Task } from '../../workflow/task.ts'
import type { Bus, Notice } from '../bus.ts'
import { advance } from './advance.ts'
import { abandon } from './desk.ts'
import type { Room } from './room.ts'

const RETRY_MS = 1000

export class Follower {
  readonly #room: Room
  readonly #handling = new Set<Promise<void>>()
  #end: (() => void) | undefined

  constructor(room: Room) {
    this.#room = room
  }

  listen(bus: Bus): void {
    this.#end = bus.listen((notice) => this.#hear(notice))
  }

  async stop(): Promise<void> {
    this.#end?.()
    this.#end = undefined
    await Promise.all(this.#handling)
  }

  #hear(notice: Notice): void {
    const job = notice.after ?? notice.before
    const act = job && ACTS[notice.kind]
    if (!act || !isTask(notice.before ?? job)) return
    const handling = this.#insist(() => act(this.#room, job, notice)).finally(() => this.#handling.delete(handling))
    this.#handling.add(handling)
  }

  /** What cannot be stored now is tried again while anybody listens. */
  async #insist(act: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#room
    for (;;) {
      try {
        return await act()
      } catch (error) {
        log.warn({ err: error }, 'what happened to the job of a task could not be stored')
        if (!isDomainError(error, 'unavailable') || !this.#end) return
      }
      await pause(clock)
      if (!this.#end) return
    }
  }
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(RETRY_MS, resolve))
}

type Act = (room: Room, job: Job, notice: Notice) => Promise<void>

const ACTS: Partial<Record<Notice['kind'], Act>> = {
  async start(room, job) {
    await room.store.startTask(job.id, job.run?.startedAt ?? room.clock.now())
    const run = await bringOn(room, job)
    // It was on its way when the others were told.
    if (run && isHalted(run)) await room.jobs.interrupt(job.id)
  },
  async lose(room, job) {
    if (job.state === 'queued') await comeBack(room, job)
    else await endUntold(room, job)
  },
  async schedule(room, job, { before }) {
    if (before?.state === 'withdrawn') await comeBack(room, job)
  },
  exit: endUntold,
  async dequeue(room, job) {
    await takenAway(room, job, 'Its job was taken out of the queue.')
  },
  async forget(room, job) {
    await takenAway(room, job, 'Its job was forgotten.')
  },
}

async function bringOn(room: Room, { id }: Job): Promise<Run | undefined> {
  const task = await room.store.task(id)
  return task && room.turns.take(task.run, () => advance(room, task.run))
}

/** Its attempt came to nothing and it waits again; where its run does not want it now, outside of the queue. */
async function comeBack(room: Room, job: Job): Promise<void> {
  room.progress.end(job.id)
  await room.store.returnTask(job.id)
  const task = await room.store.task(job.id)
  if (!task) return
  await room.turns.take(task.run, async () => {
    const run = await room.store.run(task.run)
    if (run && isHalted(run)) await room.jobs.hold(job.id)
    await advance(room, task.run)
  })
}

export function isHalted({ state }: Pick<Run, 'state'>): boolean {
  return state === 'pausing' || state === 'paused'
}

/** The desk knows of an end before the engine does; what it does not know of then, nobody will tell it. */
async function endUntold(room: Room, job: Job): Promise<void> {
  const task = await room.store.task(job.id)
  if (!task || isTaskOver(task.state)) return
  await abandon(room, task, job.reason)
  await bringOn(room, job)
}

/** By somebody else than its run, which pauses and cancels too. */
async function takenAway(room: Room, job: Job, message: string): Promise<void> {
  const task = await room.store.task(job.id)
  if (!task) return
  await room.turns.take(task.run, async () => {
    if (await isWanted(room, task)) await abandon(room, task, message)
    await advance(room, task.run)
  })
}

async function isWanted({ store, jobs }: Room, task: Task): Promise<boolean> {
  const run = await store.run(task.run)
  const job = await jobs.get(task.id)
  const now = await store.task(task.id)
  const waits = now?.state === 'pending' && (!job || job.state === 'idle')
  return waits && run !== undefined && !isRunOver(run.state) && !isHalted(run) && run.state !== 'dequeuing'
}
