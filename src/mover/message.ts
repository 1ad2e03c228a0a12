/** Lines from the server, checked as far as they decide what is done. Pure. */

import type { ToMover } from '../executor/mover-protocol.ts'
import {
  isList,
  isObject,
  isShaped,
  isText,
  isWhole,
  maybe,
  readAs,
  type Shape,
} from '../executor/resident/message-shape.ts'

const ATTEMPT: Shape = { jobId: isWhole, attempt: isWhole }
const SITE: Shape = { name: isText, roots: isList(isText), targets: Array.isArray, bandwidthBytes: isWhole }
const IDENTITY: Shape = { uid: isWhole, gid: isWhole, groups: isList(isWhole) }
const ORDER: Shape = {
  kind: (value) => value === 'step' || value === 'discovery',
  task: isWhole,
  name: isText,
  site: isShaped(SITE),
  identity: (value) => value === null || isShaped(IDENTITY)(value),
  arguments: isObject,
}
const SIGNAL: Shape = {
  ...ATTEMPT,
  action: (value) => ['stop', 'suspend', 'resume', 'signal', 'yield'].includes(value as string),
  signals: maybe(isList(isText)),
}

const MESSAGES: Readonly<Record<ToMover['kind'], Shape>> = {
  hello: { version: isWhole, site: isShaped(SITE) },
  start: { ...ATTEMPT, order: isShaped(ORDER) },
  signal: { ticket: isWhole, order: isShaped(SIGNAL) },
  bandwidth: { bytesPerSecond: isWhole },
  found: { ...ATTEMPT, sequence: isWhole },
  stored: { attempts: isList(isShaped(ATTEMPT)) },
  ping: {},
  retire: {},
}

/** @throws plain error that says what is wrong with the line */
export function readMessage(line: string): ToMover {
  return readAs<ToMover>(MESSAGES, line)
}
