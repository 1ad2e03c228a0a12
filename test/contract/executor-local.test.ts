import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { createLocalExecutor } from '../../src/executor/local/local-executor.ts'
import { makeFolder } from '../support/folder.ts'
import { isAlive } from '../support/processes.ts'
import { taskerPid } from '../support/tasker-pid.ts'
import { executorContract } from './executor.ts'

const PATIENCE = { timeout: 20_000, interval: 10 }

function hasCompiler(): boolean {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.each(['fork-server', 'spawn'])('with the forker %s', (forker) => {
  // Longer than a socket's path may be.
  const place = realpathSync(makeFolder())
  const dataDir = join(place, 'd'.repeat(120))
  let folders = 0
  beforeAll(() => {
    vi.stubEnv('YARDMASTER_FORKER', forker)
    chmodSync(place, 0o755)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    rmSync(place, { recursive: true, force: true })
  })

  if (forker === 'fork-server' && !hasCompiler()) {
    console.warn('skipped: the fork server needs a C compiler (cc)')
    return
  }
  executorContract('the local executor', {
    make: () => createLocalExecutor({ dataDir, clock: systemClock, log: silentLog }),
    folder: () => {
      folders += 1
      const folder = join(place, `job-${folders}`)
      mkdirSync(folder)
      return folder
    },
    measuresShortJobs: forker === 'fork-server',
    killKeeper: async () => {
      process.kill(await taskerPid(dataDir), 'SIGKILL')
    },
    clear: async () => {
      const pid = await taskerPid(dataDir)
      process.kill(pid, 'SIGKILL')
      await vi.waitUntil(() => !isAlive(pid), PATIENCE)
      rmSync(join(dataDir, 'tasker/journal.jsonl'), { force: true })
    },
  })
})
