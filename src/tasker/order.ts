/** A start order as the forker takes it. Pure. */

import type { StartOrder } from '../executor/executor.ts'
import type { ForkOrder } from './fork/forker.ts'
import { keyOf } from './journal-entry.ts'
import { EPOCH_VARIABLE, JOB_VARIABLE } from './process/process-tree.ts'

export function forkOrderOf(order: StartOrder, slot: number, epoch: string): ForkOrder {
  const { argv, rundir, logfile, account, nice, umask } = order
  const env = Object.entries(order.env).map(([name, value]) => `${name}=${value}`)
  env.push(`${JOB_VARIABLE}=${keyOf(order)}`, `${EPOCH_VARIABLE}=${epoch}`)
  return { slot, argv, env, rundir, logfile, account, nice, umask }
}

/** What makes an order impossible to carry out, ever; undefined for a sound one. */
export function findFlaw({ argv, env, rundir, logfile, account }: StartOrder): string | undefined {
  if (argv.length === 0 || argv[0] === '') return 'there is no command to run'
  const texts = { command: argv, environment: Object.entries(env).flat(), 'run directory': [rundir] }
  const all = { ...texts, 'log file': [logfile ?? ''], account: [account ?? ''] }
  for (const [what, values] of Object.entries(all)) {
    if (values.some((value) => value.includes('\0')))
      return `the ${what} contains a NUL character, which no program can get`
  }
  if (!rundir.startsWith('/')) return `the run directory ${rundir} is not an absolute path`
  if (logfile !== null && !logfile.startsWith('/')) return `the log file ${logfile} is not an absolute path`
  const name = Object.keys(env).find((key) => key === '' || key.includes('='))
  return name === undefined ? undefined : `the environment has a variable that cannot be named ${JSON.stringify(name)}`
}
