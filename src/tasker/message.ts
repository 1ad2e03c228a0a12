/** Lines from the server, checked. Pure. */

import {
  type Check,
  isList,
  isObject,
  isShaped,
  isText,
  isWhole,
  maybe,
  readAs,
  type Shape,
} from '../executor/resident/message-shape.ts'
import type { ToTasker } from '../executor/tasker-protocol.ts'

const isTexts = isList(isText)
const isTextOrNull: Check = (value) => value === null || isText(value)
const isTextsByName: Check = (value) => isObject(value) && Object.values(value).every(isText)
const isCount: Check = (value) => typeof value === 'number' && value >= 0

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
  place: maybe(isShaped(PLACE)),
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
  start: { order: isShaped(START_ORDER) },
  signal: { ticket: isWhole, order: isShaped(SIGNAL_ORDER) },
  stored: { attempts: isList(isShaped(ATTEMPT)) },
  retire: {},
}

/** @throws plain error that says what is wrong with the line */
export function readMessage(line: string): ToTasker {
  return readAs<ToTasker>(MESSAGES, line)
}
