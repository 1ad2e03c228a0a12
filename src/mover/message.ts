/** Lines from the server, checked as far as they decide what is done. Pure. */

import type { ToMover } from '../executor/mover-protocol.ts'

type Check = (value: unknown) => boolean
type Shape = Readonly<Record<string, Check>>

const isWhole: Check = (value) => Number.isSafeInteger(value)
const isText: Check = (value) => typeof value === 'string'
const isList =
  (each: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(each)
const isShaped =
  (shape: Shape): Check =>
  (value) =>
    fits(value, shape)

const ATTEMPT: Shape = { jobId: isWhole, attempt: isWhole }
const SITE: Shape = { name: isText, roots: isList(isText), targets: Array.isArray, bandwidthBytes: isWhole }
const ORDER: Shape = {
  kind: (value) => value === 'step' || value === 'discovery',
  task: isWhole,
  name: isText,
  site: isShaped(SITE),
  identity: (value) => value === null || fits(value, { uid: isWhole, gid: isWhole, groups: isList(isWhole) }),
  arguments: isObject,
}
const SIGNAL: Shape = {
  ...ATTEMPT,
  action: (value) => ['stop', 'suspend', 'resume', 'signal'].includes(value as string),
  signals: (value) => value === undefined || isList(isText)(value),
}

const MESSAGES: Readonly<Record<ToMover['kind'], Shape>> = {
  hello: { version: isWhole, site: isShaped(SITE) },
  start: { ...ATTEMPT, order: isShaped(ORDER) },
  signal: { ticket: isWhole, order: isShaped(SIGNAL) },
  found: { ...ATTEMPT, sequence: isWhole },
  stored: { attempts: isList(isShaped(ATTEMPT)) },
  retire: {},
}

/** @throws plain error that says what is wrong with the line */
export function readMessage(line: string): ToMover {
  const message: unknown = JSON.parse(line)
  if (!isObject(message)) throw new Error('a message is not an object')
  const shape = Object.entries(MESSAGES).find(([kind]) => kind === message.kind)?.[1]
  if (!shape) throw new Error(`a message of unknown kind ${JSON.stringify(message.kind)}`)
  if (!fits(message, shape)) throw new Error(`a message of kind ${message.kind} with missing or wrong keys`)
  return message as ToMover
}

function fits(value: unknown, shape: Shape): boolean {
  return isObject(value) && Object.entries(shape).every(([key, check]) => check(value[key]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
