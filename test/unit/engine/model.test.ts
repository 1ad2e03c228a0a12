/** Any commands in any order against the real engine and store: nothing is lost, doubled, or given twice. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDomainError } from '../../../src/base/errors.ts'
import { isFinal } from '../../../src/job/job.ts'
import { HandExecutor } from '../../support/hand-executor.ts'
import { aCaller, aSubmission, type House, makeHouse } from '../../support/house.ts'

const alice = aCaller()
const SLOTS = 3
const RUNS = process.env.YARDMASTER_SOAK === '1' ? 500 : 40

type Step =
  | { kind: 'submit'; priority: number; rerunnable: boolean }
  | { kind: 'stop' | 'rerun' | 'forget' | 'suspend' | 'resume' | 'end' | 'lose' | 'refuse' | 'modify'; job: number }
  | { kind: 'restart' | 'reconnect' }

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      priority: fc.integer({ min: 1, max: 3 }),
      rerunnable: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('end' as const), job: fc.nat(20) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'stop' as const,
        'rerun' as const,
        'forget' as const,
        'suspend' as const,
        'resume' as const,
        'lose' as const,
        'refuse' as const,
        'modify' as const,
      ),
      job: fc.nat(20),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'reconnect' as const) }) },
)

/** Lets commits and what follows from them happen: a probe is stored after all that was asked for before it. */
async function settle({ store }: House): Promise<void> {
  for (let link = 0; link < 3; link += 1) {
    await store.probe()
    await new Promise((next) => setImmediate(next))
  }
}

async function take(house: House, step: Step, ids: number[]): Promise<House> {
  const { engine, executor } = house
  if (step.kind === 'submit') {
    ids.push((await engine.jobs.submit(alice, aSubmission(step))).id)
    return house
  }
  if (step.kind === 'restart') return house.restart()
  if (step.kind === 'reconnect') {
    executor.disconnect()
    executor.connect()
    return house
  }
  if (!('job' in step)) return house
  const id = ids[step.job % Math.max(1, ids.length)]
  if (id !== undefined) await affect(house, step.kind, id)
  return house
}

async function affect({ engine, executor, clock }: House, kind: string, id: number): Promise<void> {
  const attempt = executor.attemptOf(id)
  const at = clock.now()
  const signal = async (action: 'suspend' | 'resume', told: 'suspended' | 'resumed') => {
    await engine.jobs.control(alice, id, { action })
    executor.say({ kind: told, jobId: id, attempt, at })
  }
  if (kind === 'stop') await engine.jobs.control(alice, id, { action: 'stop' })
  else if (kind === 'rerun') await engine.jobs.control(alice, id, { action: 'rerun', force: true, first: false })
  else if (kind === 'forget') await engine.jobs.forget(alice, id)
  else if (kind === 'modify') await engine.jobs.modify(alice, id, { priority: 3 })
  else if (kind === 'suspend') await signal('suspend', 'suspended')
  else if (kind === 'resume') await signal('resume', 'resumed')
  else if (kind === 'end' && executor.runs(id)) executor.end(id)
  else if (kind === 'lose' && executor.runs(id)) {
    executor.forget(id)
    executor.say({ kind: 'lost', jobId: id, attempt, at, reason: 'r' })
  } else if (kind === 'refuse' && executor.runs(id) && (await engine.jobs.get(alice, id)).state === 'running') {
    executor.forget(id)
    executor.say({ kind: 'refused', jobId: id, attempt, reason: 'r', retry: true })
  }
}

/** No attempt is ordered twice unless the executor never got it, and no more runs than the host holds. */
function check({ executor, engine }: House): void {
  const orders = executor.orders.map(({ jobId, attempt }) => `${jobId}.${attempt}`)
  expect(new Set(orders).size).toBe(orders.length)
  expect(engine.heldOn('node01').SLOTS ?? 0).toBeLessThanOrEqual(SLOTS)
  expect(executor.runningCount()).toBeLessThanOrEqual(SLOTS)
}

test('whatever is asked, killed and lost, every job settles, once', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 5, maxLength: 40 }), async (steps) => {
      let house = await makeHouse({ executor: new HandExecutor({ slots: SLOTS }) })
      const ids: number[] = []
      for (const step of steps) {
        try {
          house = await take(house, step, ids)
        } catch (error) {
          if (!isDomainError(error)) throw error
        }
        await settle(house)
        check(house)
      }
      await drain(house)
      await verifySettled(house)
      await house.close()
    }),
    { numRuns: RUNS },
  )
})

/** Ends whatever runs until nothing is queued or running. */
async function drain(house: House): Promise<void> {
  const { executor, engine } = house
  for (let round = 0; round < 200 && (executor.runningCount() > 0 || engine.buckets().length > 0); round += 1) {
    for (const id of executor.runningIds()) executor.end(id)
    await settle(house)
    check(house)
  }
}

async function verifySettled({ engine }: House): Promise<void> {
  const { batches } = await engine.jobs.query(alice, { fields: ['id', 'state'], filter: { kind: 'all' }, order: [] })
  for await (const batch of batches) {
    for (const [, state] of batch) expect(isFinal(state as 'done') || state === 'idle').toBe(true)
  }
  expect(engine.buckets()).toEqual([])
  expect(Object.values(engine.heldOn('node01')).every((amount) => amount === 0)).toBe(true)
}
