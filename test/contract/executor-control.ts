/** How jobs are stopped, suspended and held to their limits. */

import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { isAlive, nameOf, pidIn, stateOf } from '../support/processes.ts'
import type { Yard } from './executor-yard.ts'

const PATIENCE = { timeout: 20_000, interval: 20 }

export function controlContract(yard: Yard): void {
  const { logOf, order, ready, run, shell, signal, start } = yard

  describe('a stop', () => {
    test('sends the signals in turn until the job is gone', async () => {
      const job = start(shell('trap "" TERM INT; echo ready; while :; do sleep 0.05; done'))
      await ready(job)
      await signal(job, { action: 'stop', delayMs: 50 })
      const facts = await yard.log.exitOf(job.jobId)
      expect(facts).toMatchObject({ cause: 'stopped', signal: 'SIGKILL', exitCode: null })
      expect(facts.reason).toBe('stopped as asked (SIGTERM, SIGINT, SIGKILL)')
    })

    test('sends the signals that were asked for', async () => {
      const job = start(shell('trap "echo got it; exit 5" USR2; echo ready; while :; do sleep 0.05; done'))
      await ready(job)
      await signal(job, { action: 'stop', signals: ['usr2'] })
      const facts = await yard.log.exitOf(job.jobId)
      expect(facts).toMatchObject({ cause: 'stopped', exitCode: 5, reason: 'stopped as asked (SIGUSR2)' })
      expect(logOf(job)).toContain('got it')
    })

    test('right after the start is not lost', async () => {
      const job = start(shell('sleep 60'))
      await signal(job, { action: 'stop' })
      expect(await yard.log.exitOf(job.jobId)).toMatchObject({ cause: 'stopped' })
    })

    test('ends the children too, also one that left group and session', async () => {
      const job = start(shell('setsid sh -c "echo \\$\\$ >escaped; sleep 60" & sleep 60 & echo $! >child; wait'))
      const escaped = await pidIn(join(yard.folder, 'escaped'))
      const child = await pidIn(join(yard.folder, 'child'))
      await signal(job, { action: 'stop', delayMs: 50 })
      await yard.log.exitOf(job.jobId)
      await vi.waitUntil(() => !isAlive(escaped) && !isAlive(child), PATIENCE)
    })

    test('ends a suspended job', async () => {
      const job = start(shell('trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.05; done'))
      await ready(job)
      await signal(job, { action: 'suspend' })
      await signal(job, { action: 'stop', signals: ['TERM'] })
      expect(await yard.log.exitOf(job.jobId)).toMatchObject({ cause: 'stopped', exitCode: 0 })
      expect(logOf(job)).toContain('bye')
    })

    test('of what does not run is refused', async () => {
      const job = order()
      await expect(signal(job, { action: 'stop' })).rejects.toMatchObject({ code: 'not_found' })
      await run(job)
      await expect(signal(job, { action: 'stop' })).rejects.toMatchObject({ code: 'not_found' })
    })

    test('with an unknown signal is refused, naming those that are known', async () => {
      const job = start(shell('sleep 60'))
      await yard.log.next('started', job.jobId)
      const refusal = signal(job, { action: 'stop', signals: ['BOO'] })
      await expect(refusal).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringMatching(/BOO.*HUP.*TERM/),
      })
    })
  })

  describe('a signal', () => {
    const twoPrograms = async () => {
      const job = start(shell('sleep 61 & echo $! >child; echo $$ >main; wait; echo over'))
      const child = await pidIn(join(yard.folder, 'child'))
      await vi.waitUntil(() => nameOf(child) === 'sleep', PATIENCE)
      return { job, child, main: await pidIn(join(yard.folder, 'main')) }
    }

    test('reaches only the processes whose names are included', async () => {
      const { job, child, main } = await twoPrograms()
      await signal(job, { action: 'signal', signals: ['TERM'], include: '^sleep$' })
      expect(await yard.log.exitOf(job.jobId)).toMatchObject({ exitCode: 0 })
      expect(logOf(job)).toBe('over\n')
      expect([isAlive(child), isAlive(main)]).toEqual([false, false])
    })

    test('spares the processes whose names are excluded, whatever is included', async () => {
      const { job, child, main } = await twoPrograms()
      await signal(job, { action: 'signal', signals: ['STOP'], include: 'sh', exclude: '^sh$' })
      await vi.waitUntil(() => stateOf(child) === 'T', PATIENCE)
      expect(stateOf(main)).not.toBe('T')
      await signal(job, { action: 'stop', signals: ['KILL'] })
      await yard.log.exitOf(job.jobId)
    })

    test('for a name that nothing has, or a pattern that is none, is refused', async () => {
      const { job } = await twoPrograms()
      const nobody = signal(job, { action: 'signal', signals: ['TERM'], include: '^emacs$' })
      await expect(nobody).rejects.toMatchObject({ code: 'not_found' })
      const broken = signal(job, { action: 'signal', signals: ['TERM'], include: '(' })
      await expect(broken).rejects.toMatchObject({ code: 'invalid' })
    })
  })

  test('a suspended job stands still until it is resumed, children too', async () => {
    const job = start(shell('setsid sh -c "echo \\$\\$ >escaped; exec sleep 60" & echo $$ >main; wait'))
    const pids = [await pidIn(join(yard.folder, 'main')), await pidIn(join(yard.folder, 'escaped'))]
    await signal(job, { action: 'suspend' })
    await yard.log.next('suspended', job.jobId)
    await vi.waitUntil(() => pids.every((pid) => stateOf(pid) === 'T'), PATIENCE)
    await signal(job, { action: 'resume' })
    await yard.log.next('resumed', job.jobId)
    await vi.waitUntil(() => pids.every((pid) => stateOf(pid) === 'S'), PATIENCE)
    await signal(job, { action: 'stop', signals: ['KILL'] })
    expect(await yard.log.exitOf(job.jobId)).toMatchObject({ cause: 'stopped', signal: 'SIGKILL' })
  })

  test('a job that runs longer than its limit is ended, and the reason says so', async () => {
    const facts = await run(shell('sleep 60', { killAfterMs: 300 }))
    expect(facts).toMatchObject({ cause: 'autokill', signal: 'SIGTERM' })
    expect(facts.reason).toBe('ran longer than its limit of 0.3 s (SIGTERM)')
  })

  test('a job that holds more memory than its limit is ended, and the reason says so', async () => {
    const hog = ['python3', '-c', 'import time; held = bytearray(200 << 20); time.sleep(60)']
    const facts = await run(order({ argv: hog, ramLimitMb: 100 }))
    expect(facts).toMatchObject({ cause: 'memory', signal: 'SIGTERM' })
    expect(facts.reason).toMatch(/^used \d+ MB of memory, its limit is 100 MB/)
    expect(facts.maxRamMb).toBeGreaterThan(200)
  })

  test('what a job leaves in its process group ends with it', async () => {
    const job = start(shell('sleep 60 & echo $! >left'))
    expect(await yard.log.exitOf(job.jobId)).toMatchObject({ exitCode: 0 })
    const left = await pidIn(join(yard.folder, 'left'))
    await vi.waitUntil(() => !isAlive(left), PATIENCE)
  })
}
