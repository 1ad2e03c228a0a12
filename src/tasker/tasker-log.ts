/** The tasker's log: one line of JSON an event on standard error. The server's logger would make this process half as large again. */

import { writeSync } from 'node:fs'
import { systemClock } from '../base/clock.ts'

export type TaskerLog = (level: 'info' | 'warn' | 'error', message: string) => void

export const taskerLog: TaskerLog = (level, message) => {
  const time = new Date(systemClock.now()).toISOString()
  try {
    writeSync(2, `${JSON.stringify({ level, time, pid: process.pid, msg: message })}\n`)
  } catch {
    // A full disk must not end the jobs.
  }
}
