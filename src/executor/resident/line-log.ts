/** The log of a resident: one line of JSON an event on standard error. The server's logger would make it half as large again. */

import { writeSync } from 'node:fs'
import { systemClock } from '../../base/clock.ts'

export type LineLog = (level: 'info' | 'warn' | 'error', message: string) => void

export const lineLog: LineLog = (level, message) => {
  const time = new Date(systemClock.now()).toISOString()
  try {
    writeSync(2, `${JSON.stringify({ level, time, pid: process.pid, msg: message })}\n`)
  } catch {
    // A full disk must not end what runs.
  }
}
