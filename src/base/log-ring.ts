/** The last lines of the log, kept in memory for an administrator to read where he has no shell. */

import type { DestinationStream } from 'pino'

/** As `journalctl` and cc-backend name them. */
export interface LogEntry {
  timestamp: string
  /** Syslog's: 0 emergency to 7 debug. */
  priority: number
  message: string
  unit: string
}

export interface LogRequest {
  /** The newest so many. */
  lines: number
  /** This and what is graver. */
  priority: number
  /** A part of the line, in any case. */
  search: string
  /** Epoch milliseconds. */
  since: number
}

export interface LogRing extends DestinationStream {
  /** The newest last. */
  read(request: LogRequest): LogEntry[]
}

const MOST_LINES = 5000
const LONGEST_LINE = 4000

/** Keeps what is written to `destination` through it. */
export function createLogRing(destination: DestinationStream): LogRing {
  const lines: string[] = []
  let next = 0
  return {
    write(line) {
      lines[next] = line.slice(0, LONGEST_LINE)
      next = (next + 1) % MOST_LINES
      destination.write(line)
    },
    read({ lines: most, priority, search, since }) {
      const wanted = search.toLowerCase()
      const ordered = [...lines.slice(next), ...lines.slice(0, next)]
      const entries = ordered.filter((line) => line.toLowerCase().includes(wanted)).map(entryOf)
      return entries
        .filter((entry) => entry.priority <= priority && !(Date.parse(entry.timestamp) < since))
        .slice(-most)
    },
  }
}

/** Pino's levels as syslog's. */
const PRIORITIES: Readonly<Record<number, number>> = { 10: 7, 20: 7, 30: 6, 40: 4, 50: 3, 60: 2 }

function entryOf(line: string): LogEntry {
  try {
    const { level, time, msg, ...details } = JSON.parse(line)
    const more = Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : ''
    return {
      timestamp: String(time),
      priority: PRIORITIES[level] ?? 6,
      message: `${msg ?? ''}${more}`,
      unit: 'yardmaster',
    }
  } catch {
    // Cut off for its length.
    const [time = ''] = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(line) ?? []
    return { timestamp: time, priority: 6, message: line.trimEnd(), unit: 'yardmaster' }
  }
}
