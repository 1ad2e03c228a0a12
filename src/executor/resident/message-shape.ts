/** What a resident takes from a line: messages by kind, each with the keys that it must have. Pure. */

export type Check = (value: unknown) => boolean
/** Other keys are let pass. */
export type Shape = Readonly<Record<string, Check>>

export const isText: Check = (value) => typeof value === 'string'
export const isWhole: Check = (value) => Number.isSafeInteger(value)

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(each: Check): Check {
  return (value) => Array.isArray(value) && value.every(each)
}

export function isShaped(shape: Shape): Check {
  return (value) => isObject(value) && Object.entries(shape).every(([key, check]) => check(value[key]))
}

/** A missing key is right too. */
export function maybe(check: Check): Check {
  return (value) => value === undefined || check(value)
}

/** @throws plain error that says what is wrong with the line */
export function readAs<Message extends { kind: string }>(
  shapes: Readonly<Record<Message['kind'], Shape>>,
  line: string,
): Message {
  const message: unknown = JSON.parse(line)
  if (!isObject(message)) throw new Error('a message is not an object')
  const shape = Object.entries<Shape>(shapes).find(([kind]) => kind === message.kind)?.[1]
  if (!shape) throw new Error(`a message of unknown kind ${JSON.stringify(message.kind)}`)
  if (!isShaped(shape)(message)) throw new Error(`a message of kind ${message.kind} with missing or wrong keys`)
  return message as Message
}
