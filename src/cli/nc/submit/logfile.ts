/** Where the output of a job goes when nobody says: `vnc_logs/YYYYMMDD/HHMMSS.NNNNNN` (Accelerator tutorial 2024.1, nc_info.py). */

import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { pad } from '../../terminal/text.ts'
import type { Environment } from '../subcommand.ts'

export interface LogPlace {
  env: Environment
  now: Date
  /** Six digits that keep two jobs of one second apart. */
  number?: number
}

/** Relative to the run directory, unless NC_LOGDIR is absolute; local time, as people look for it. */
export function defaultLogfile({ env, now, number = randomInt(1_000_000) }: LogPlace): string {
  const day = `${now.getFullYear()}${pad(now.getMonth() + 1)}${pad(now.getDate())}`
  const time = `${pad(now.getHours())}${pad(now.getMinutes())}${pad(now.getSeconds())}`
  return join(env.NC_LOGDIR || 'vnc_logs', day, `${time}.${pad(number, 6)}`)
}
