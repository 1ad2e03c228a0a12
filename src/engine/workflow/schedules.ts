/**
 * Schedules: runs that begin by themselves. What was due while the server was down is not caught up. Of a bidirectional
 * one the way back begins when the way there has ended, and nothing begins before both are over.
 */

import { type Caller, permit } from '../../auth/caller.ts'
import type { Instant } from '../../base/clock.ts'
import { DomainError, messageOf } from '../../base/errors.ts'
import type { Service } from '../../base/service.ts'
import type { Schedule } from '../../store/workflow-store.ts'
import { isRunOver } from '../../workflow/state.ts'
import type { Run } from '../../workflow/task.ts'
import type { Room } from './room.ts'
import { type Draft, draftOf, launch } from './submit.ts'
import { nextTime } from './timetable.ts'
import { wayBack } from './way-back.ts'
import type { Submission, Workflows } from './workflows.ts'

/** A timer cannot wait for longer than weeks; and a clock that is set is noticed. */
const LONGEST_WAIT_MS = 60_000
const BOTH_WAYS = 'bidirectional_snapdiff'

type Facade = Pick<Workflows, 'schedules' | 'createSchedule' | 'changeSchedule' | 'removeSchedule'>

export class Schedules implements Facade, Service {
  readonly #room: Room
  readonly #areEnabled: () => Promise<boolean>
  readonly #begun = new Set<Promise<void>>()
  /** Schedules of which a run, there or back, is about to begin. */
  readonly #beginning = new Set<number>()
  #cancel: (() => void) | undefined
  #lookedAt: Instant = 0
  #isOn = false

  constructor(room: Room, areEnabled: () => Promise<boolean>) {
    this.#room = room
    this.#areEnabled = areEnabled
  }

  schedules(): Promise<Schedule[]> {
    return this.#room.store.schedules()
  }

  async createSchedule(
    caller: Caller,
    schedule: Omit<Schedule, 'id' | 'owner' | 'createdAt' | 'lastRunAt'>,
  ): Promise<Schedule> {
    permit(caller, 'administer', caller.user)
    const made = { ...schedule, owner: caller.user, createdAt: this.#room.clock.now(), lastRunAt: null }
    await this.#check({ ...made, id: 0 })
    const stored = await this.#room.store.insertSchedule(made)
    await this.#wait()
    return stored
  }

  async changeSchedule(caller: Caller, schedule: Schedule): Promise<Schedule> {
    permit(caller, 'administer', caller.user)
    const before = await this.#find(schedule.id)
    const { owner, createdAt, lastRunAt } = before
    const after = { ...schedule, owner, createdAt, lastRunAt }
    const { discovery } = await this.#check(after)
    if ((await this.#isBidirectional(before)) !== (discovery === BOTH_WAYS))
      throw new DomainError('invalid', 'A schedule cannot become bidirectional, or cease to be; make another one.', {
        field: 'discovery',
      })
    await this.#room.store.replaceSchedule(after)
    await this.#wait()
    return after
  }

  async removeSchedule(caller: Caller, id: number): Promise<void> {
    permit(caller, 'administer', caller.user)
    await this.#find(id)
    await this.#room.store.removeSchedule(id)
  }

  async start(): Promise<void> {
    this.#isOn = true
    this.#lookedAt = this.#room.clock.now()
    for (const schedule of await this.schedules()) {
      const latest = await this.#latestRun(schedule)
      if (latest && isRunOver(latest.state)) this.onOver(latest)
    }
    await this.#wait()
  }

  async stop(): Promise<void> {
    this.#isOn = false
    this.#cancel?.()
    this.#cancel = undefined
    await Promise.all(this.#begun)
  }

  /** The way back of a bidirectional one, unless the way there was cancelled or could not be gone. */
  onOver(run: Run): void {
    const { schedule: id, discovery, state } = run
    if (id === null || discovery !== BOTH_WAYS || !this.#isOn) return
    if (state === 'cancelled' || state === 'failure') return
    this.#track(this.#whileBeginning(id, () => this.#goBack(id, run)))
  }

  async #goBack(id: number, run: Run): Promise<void> {
    const schedule = (await this.schedules()).find((one) => one.id === id)
    if (!schedule || run.site !== schedule.site) return
    const submission = { ...submissionOf(schedule), queue: run.queue, fields: run.fields }
    await this.#begin(schedule, wayBack(this.#room, submission))
  }

  async #find(id: number): Promise<Schedule> {
    const schedule = (await this.schedules()).find((one) => one.id === id)
    if (!schedule) throw new DomainError('not_found', `There is no schedule ${id}.`)
    return schedule
  }

  /** @throws invalid, naming the field */
  async #check(schedule: Schedule): Promise<Draft> {
    if (schedule.name.trim() === '' || schedule.name.length > 100)
      throw new DomainError('invalid', 'A name has 1 to 100 characters.', { field: 'name' })
    nextTime(schedule.cron, schedule.timeZone, this.#room.clock.now())
    const draft = await draftOf(this.#room, schedule.owner, submissionOf(schedule))
    if (draft.discovery === BOTH_WAYS) {
      const there = { ...submissionOf(schedule), queue: draft.queue, fields: draft.fields }
      await draftOf(this.#room, schedule.owner, wayBack(this.#room, there))
    }
    return draft
  }

  /** By its own word, or its workflow's. */
  async #isBidirectional({ discovery, workflow }: Schedule): Promise<boolean> {
    if (discovery !== null) return discovery === BOTH_WAYS
    const known = await this.#room.store.definitions()
    return known.find(({ name }) => name === workflow)?.discovery === BOTH_WAYS
  }

  async #wait(): Promise<void> {
    if (!this.#isOn) return
    this.#cancel?.()
    const { clock } = this.#room
    const now = clock.now()
    const times = (await this.schedules()).map((schedule) => this.#dueAfter(schedule, this.#lookedAt) ?? Infinity)
    const waitMs = Math.min(LONGEST_WAIT_MS, ...times.map((time) => time - now))
    if (!this.#isOn) return
    this.#cancel?.()
    this.#cancel = clock.after(Math.max(0, waitMs), () => this.#track(this.#look()))
  }

  async #look(): Promise<void> {
    const { clock, log } = this.#room
    const [since, now] = [this.#lookedAt, clock.now()]
    this.#lookedAt = now
    try {
      const due = (await this.schedules()).filter((one) => (this.#dueAfter(one, since) ?? Infinity) <= now)
      if (await this.#areEnabled()) for (const schedule of due) this.#track(this.#beginDue(schedule))
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'the schedules cannot be read')
    }
    await this.#wait()
  }

  #dueAfter({ enabled, cron, timeZone }: Schedule, after: Instant): Instant | undefined {
    return enabled ? nextTime(cron, timeZone, after) : undefined
  }

  async #beginDue(schedule: Schedule): Promise<void> {
    if (!(await this.#isBidirectional(schedule))) return this.#beginNow(schedule)
    const skip = () => this.#room.log.info({ schedule: schedule.name }, 'a schedule is skipped: its last run goes on')
    if (this.#beginning.has(schedule.id)) return skip()
    await this.#whileBeginning(schedule.id, async () => {
      if (await this.#goesOn(schedule)) skip()
      else await this.#beginNow(schedule)
    })
  }

  async #whileBeginning(id: number, begin: () => Promise<void>): Promise<void> {
    this.#beginning.add(id)
    try {
      await begin()
    } finally {
      this.#beginning.delete(id)
    }
  }

  async #goesOn(schedule: Schedule): Promise<boolean> {
    const latest = await this.#latestRun(schedule)
    return latest !== undefined && !isRunOver(latest.state)
  }

  async #beginNow(schedule: Schedule): Promise<void> {
    await this.#begin(schedule, submissionOf(schedule))
    // It may have been changed, or removed, meanwhile.
    const now = (await this.schedules()).find(({ id }) => id === schedule.id)
    if (now) await this.#room.store.replaceSchedule({ ...now, lastRunAt: this.#room.clock.now() })
  }

  async #begin(schedule: Schedule, submission: Submission): Promise<void> {
    await this.#room.findIdentity(schedule.owner)
    await launch(this.#room, await draftOf(this.#room, schedule.owner, submission))
  }

  async #latestRun({ id }: Schedule): Promise<Run | undefined> {
    const order = { field: 'id', descending: true } as const
    const [latest] = await this.#room.store.runs({ filter: { schedules: [id] }, order, offset: 0, limit: 1 })
    return latest
  }

  #track(work: Promise<void>): void {
    const guarded = work
      .catch((error: unknown) =>
        this.#room.log.warn({ reason: messageOf(error) }, 'a schedule could not begin its run'),
      )
      .finally(() => this.#begun.delete(guarded))
    this.#begun.add(guarded)
  }
}

function submissionOf({ workflow, site, queue, paths, discovery, fields, id }: Schedule): Submission {
  const given = paths.map((path) => ({ path }))
  return { workflow, site, queue, fields, paths: given, discovery: discovery ?? undefined, clientKey: '', schedule: id }
}
