/** Lines from the server, checked. Pure. */

import type { ToTasker } from '../executor/tasker-protocol.ts'

type Shape = Readonly<Record<string, (value: unknown) => boolean>>

const isText = (value: unknown) => typeof value === 'string'
const isTextOrNull = (value: unknown) => value === null || isText(value)
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText)
const isTextsByName = (value: unknown) => isObject(value) && Object.values(value).every(isText)
const isCount = (value: unknown) => typeof value === 'number' && value >= 0
const isWhole = (value: unknown) => Number.isSafeInteger(value)
const maybe = (check: (value: unknown) => boolean) => (value: unknown) => value === undefined || check(value)

const ATTEMPT: Shape = { jobId: isWhole, attempt: isWhole }

const PLACE: Shape = { atMost: isWhole, patienceMs: isCount }

const START_ORDER: Shape = {
  ...ATTEMPT,
  argv: isTexts,
  env: isTextsByName,
  rundir: isText,
  logfile: isTextOrNull,
  account: isTextOrNull,
  nice: isWhole,
  umask: isWhole,
  killAfterMs: isCount,
  ramLimitMb: isCount,
  place: maybe((value) => fits(value, PLACE)),
}

const SIGNAL_ORDER: Shape = {
  ...ATTEMPT,
  action: (value) => ['stop', 'suspend', 'resume', 'signal'].includes(value as string),
  signals: maybe(isTexts),
  delayMs: maybe(isCount),
  include: maybe(isText),
  exclude: maybe(isText),
}

const MESSAGES: Readonly<Record<ToTasker['kind'], Shape>> = {
  hello: { version: isWhole },
  start: { order: (value) => fits(value, START_ORDER) },
  signal: { ticket: isWhole, order: (value) => fits(value, SIGNAL_ORDER) },
  stored: { attempts: (value) => Array.isArray(value) && value.every((attempt) => fits(attempt, ATTEMPT)) },
  retire: {},
}

/** @throws plain error that says what is wrong with the line */
export function readMessage(line: string): ToTasker {
  const message: unknown = JSON.parse(line)
  if (!isObject(message)) throw new Error('a message is not an object')
  const shape = Object.entries(MESSAGES).find(([kind]) => kind === message.kind)?.[1]
  if (!shape) throw new Error(`a message of unknown kind ${JSON.stringify(message.kind)}`)
  if (!fits(message, shape)) throw new Error(`a message of kind ${message.kind} with missing or wrong keys`)
  return message as ToTasker
}

function fits(value: unknown, shape: Shape): boolean {
  return isObject(value) && Object.entries(shape).every(([key, check]) => check(value[key]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
