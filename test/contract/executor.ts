/** What every executor must do that runs processes on this machine; called once for each way to make one. */

import { afterEach, beforeAll, beforeEach, describe, vi } from 'vitest'
import { controlContract } from './executor-control.ts'
import { returnContract } from './executor-return.ts'
import { samplesContract } from './executor-samples.ts'
import { startContract } from './executor-start.ts'
import { type ExecutorUnderTest, Yard } from './executor-yard.ts'

export function executorContract(name: string, subject: ExecutorUnderTest): void {
  const yard = new Yard(subject)
  if (process.getuid?.() !== 0) console.warn('skipped: jobs of another account, which only root can start')
  describe(name, () => {
    beforeAll(() => {
      vi.stubEnv('SECRET_OF_THE_SERVER', 'leaked')
    })
    beforeEach(async () => {
      yard.folder = subject.folder()
      await yard.open()
    })
    afterEach(async () => {
      await yard.executor.close()
      await subject.clear()
    })

    startContract(yard)
    controlContract(yard)
    returnContract(yard)
    samplesContract(yard)
  })
}
