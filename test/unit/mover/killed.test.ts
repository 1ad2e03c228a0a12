import { expect, onTestFinished, test, vi } from 'vitest'
import type { Notice } from '../../../src/engine/bus.ts'
import type { TaskEnd } from '../../../src/executor/desk.ts'
import { aCaller, aSubmission, type House, makeHouse } from '../../support/house.ts'
import { MoverYard } from '../../support/mover-yard.ts'

const alice = aCaller()
const TASKS = 24
const ROUNDS = 8

/** Runs while a lock is held that only the end of every process of it gives back: a second one beside it fails. */
const exclusive = (yard: MoverYard, id: number) =>
  `flock --nonblock --conflict-exit-code 99 ${yard.path(`lock.${id}`)} sleep 0.2 {paths_file}`

test('killed at any time, workers, movers and servers end every task once, and never run one beside itself', async () => {
  const yard = new MoverYard()
  const ends = new Map<number, TaskEnd>()
  yard.desk.ended = async ({ jobId }, end) => void (ends.has(jobId) || ends.set(jobId, end))
  const exits: number[] = []
  const listen = ({ engine }: House) =>
    engine.bus.listen(({ kind, after }: Notice) => {
      if (kind === 'exit' && after) exits.push(after.id)
    })
  const serve = async (dataDir?: string) => {
    const house = await makeHouse({ movers: yard.make(), ...(dataDir === undefined ? {} : { dataDir }) })
    listen(house)
    return house
  }
  let house = await serve()
  const { dataDir } = house
  onTestFinished(() => house.close())
  const resources = 'Lane:site1.default.custom/1'
  for (let id = 0; id < TASKS; id += 1) {
    const job = await house.engine.jobs.submit(alice, aSubmission({ command: 'task', resources, rerunnable: true }))
    yard.command(job.id, exclusive(yard, job.id).replace(' sleep 0.2', ' sh -c "sleep 0.2"'), ['a', 'b'])
  }
  for (let round = 0; round < ROUNDS && exits.length < TASKS; round += 1) {
    const before = exits.length
    await vi.waitUntil(() => exits.length > before, { timeout: 20_000, interval: 5 })
    if (round % 3 === 0) await yard.killMover()
    if (round % 3 === 1) for (const pid of yard.workers().slice(0, 2)) process.kill(pid, 'SIGKILL')
    if (round % 3 === 2) {
      await yard.leave()
      await house.close()
      house = await serve(dataDir)
    }
  }
  await vi.waitUntil(() => new Set(exits).size === TASKS, { timeout: 25_000, interval: 20 })
  expect(exits.toSorted()).toEqual([...new Set(exits)].toSorted())
  expect(ends.size).toBe(TASKS)
  const outcomes = [...ends.values()].flatMap((end) => end.outcomes.map(({ outcome, message }) => outcome + message))
  expect(new Set(outcomes)).toEqual(new Set(['processed']))
  await vi.waitUntil(() => yard.booked().length === 0, { timeout: 20_000, interval: 20 })
})
