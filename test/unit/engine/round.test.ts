import { expect, test, vi } from 'vitest'
import { createLog, silentLog } from '../../../src/base/log.ts'
import { createRound } from '../../../src/engine/round.ts'
import { HandClock } from '../../support/clock.ts'

test('a round is never two at once, and what fails is told and tried again', async () => {
  const clock = new HandClock()
  const lines: string[] = []
  const log = createLog({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } })
  const turns: PromiseWithResolvers<void>[] = []
  const work = () => {
    const turn = Promise.withResolvers<void>()
    turns.push(turn)
    return turn.promise
  }
  const round = createRound({ complaint: 'it could not be done', everyMs: 10, work }, { clock, log })
  await round.start()
  clock.turn(100)
  await vi.waitUntil(() => turns.length > 0)
  clock.turn(100)
  expect(turns).toHaveLength(1)
  turns[0]!.reject(new Error('no luck'))
  await vi.waitUntil(() => {
    clock.turn(10)
    return turns.length === 2
  })
  expect(lines.join()).toContain('no luck')
  expect(lines.join()).toContain('it could not be done')

  let isOver = false
  const over = round.stop().then(() => {
    isOver = true
  })
  await Promise.resolve()
  expect(isOver).toBe(false)
  turns[1]!.resolve()
  await over
  clock.turn(100)
  expect(turns).toHaveLength(2)
})

test('a round that was not begun is over at once', async () => {
  const plan = { complaint: '', everyMs: 10, work: async () => undefined }
  await createRound(plan, { clock: new HandClock(), log: silentLog }).stop()
})
