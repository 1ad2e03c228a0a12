/** What holds when server or keeper go away and come back. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { isAlive, linesOf, pidIn } from '../support/processes.ts'
import type { Yard } from './executor-yard.ts'

const PATIENCE = { timeout: 20_000, interval: 20 }

export function returnContract(yard: Yard): void {
  const { open, order, run, shell, signal, start } = yard

  describe('without its server', () => {
    test('a job runs on, and is there when the server comes back', async () => {
      const job = start(shell('until [ -e go ]; do sleep 0.02; done; exit 7'))
      await yard.log.next('started', job.jobId)
      await yard.executor.close()
      const { inventory } = await open()
      expect(inventory.running).toEqual([{ jobId: job.jobId, attempt: 1, suspended: false }])
      writeFileSync(join(yard.folder, 'go'), '')
      expect(await yard.log.exitOf(job.jobId)).toMatchObject({ exitCode: 7 })
    })

    test('an end is kept, and repeated until it is stored', async () => {
      const job = start(shell('until [ -e go ]; do sleep 0.02; done; echo over >over; exit 7'))
      await yard.log.next('started', job.jobId)
      await yard.executor.close()
      writeFileSync(join(yard.folder, 'go'), '')
      await vi.waitUntil(() => linesOf(join(yard.folder, 'over')).length > 0, PATIENCE)
      for (let round = 0; round < 2; round++) {
        await open()
        const facts = await yard.log.exitOf(job.jobId)
        expect(facts).toMatchObject({ exitCode: 7 })
        if (round === 1) yard.executor.stored([job])
        await yard.executor.close()
      }
      await open()
      await run(order())
      expect(yard.log.of('exited', job.jobId)).toEqual([])
    })

    test('a suspended job is shown as suspended', async () => {
      const job = start(shell('sleep 60'))
      await yard.log.next('started', job.jobId)
      await signal(job, { action: 'suspend' })
      await yard.executor.close()
      const { inventory } = await open()
      expect(inventory.running).toEqual([{ jobId: job.jobId, attempt: 1, suspended: true }])
    })
  })

  describe('when the keeper of the jobs is killed', () => {
    test('what ran is lost and really gone, what ended is known, and the next one goes on', async () => {
      const ended = order()
      await run(ended)
      const job = start(shell('setsid sh -c "echo \\$\\$ >escaped; sleep 60" & echo $$ >main; trap "" TERM; sleep 60'))
      const pids = [await pidIn(join(yard.folder, 'main')), await pidIn(join(yard.folder, 'escaped'))]
      const { inventory: before } = await yard.log.next('connected')
      await yard.subject.killKeeper()
      const lost = await yard.log.next('lost', job.jobId)
      expect(lost).toMatchObject({ attempt: 1, reason: expect.stringContaining('killed') })
      expect(pids.map(isAlive)).toEqual([false, false])
      expect(yard.log.of('connected').at(-1)?.inventory).toEqual({ epoch: before.epoch, running: [] })
      expect(await yard.log.count(2, 'exited', ended.jobId)).toHaveLength(2)
      yard.executor.start([job])
      await yard.log.count(2, 'lost', job.jobId)
      expect(await run(order())).toMatchObject({ exitCode: 0 })
    })
  })

  test('a host says what it has', () => {
    const host = yard.executor.host()
    expect(host).toMatchObject({ up: true, capacity: { PERCENT: 100 }, attributes: { OSCLASS: 'unix' } })
    expect(host.name).toMatch(/^[^.A-Z]+$/)
    for (const resource of ['SLOTS', 'CORES', 'RAM']) expect(host.capacity[resource]).toBeGreaterThan(0)
    expect(host.freeRamMb).toBeGreaterThan(0)
    expect(host.bootedAt).toBeGreaterThan(0)
  })

  test('closing twice does no harm, and a closed executor refuses signals', async () => {
    await yard.executor.close()
    await yard.executor.close()
    expect(yard.executor.connected()).toBe(false)
    await expect(signal(order(), { action: 'stop' })).rejects.toMatchObject({ code: 'unavailable' })
  })
}
