/** One line of JSON an event; values under names that hold secrets are masked before they are written. */

import { type DestinationStream, type Logger as Pino, pino } from 'pino'

export type Logger = Pick<Pino, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

const SECRET_KEYS = ['password', 'token', 'access_token', 'authorization', 'secret', 'key', 'apiKey']

export interface LogOptions {
  level: string
  destination?: DestinationStream
}

export function createLog({ level, destination }: LogOptions): Logger {
  const redact = { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[secret]' }
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact }
  return pino(options, destination ?? standardError())
}

/** Written behind the back of whoever logs. */
export function standardError(): DestinationStream {
  return pino.destination({ fd: 2, sync: false })
}

export const silentLog: Logger = pino({ level: 'silent' })
