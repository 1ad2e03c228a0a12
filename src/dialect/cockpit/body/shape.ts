/**
 * What JSON a body may hold, as values that read it. Decoding is Go's, since its clients were written against it (spec
 * 1.1): names in any case, an unknown one is refused, null is absence; the sentences about what does not fit are Go's too.
 */

import { DomainError } from '../../../base/errors.ts'

/** Where in a body a value stands: the innermost structure and the names from the outermost. */
export interface Place {
  struct: string
  path: string
}

export interface Shape<Value> {
  /** As Go names the type. */
  type: string
  isList?: boolean
  /** @throws invalid, naming the place */
  read(value: unknown, at: Place): Value
}

/** What a shape reads; a member of an object that was not sent is undefined. */
export type ReadBy<S> = S extends Shape<infer Value> ? Value : never

/** Of a name that is repeated to who sent it. */
const LONGEST_NAME = 200

export const ROOT: Place = { struct: '', path: '' }

export const text: Shape<string> = {
  type: 'string',
  read(value, at) {
    if (typeof value !== 'string') throw mismatch(kindOf(value), 'string', at)
    return value.toWellFormed()
  },
}

export const flag: Shape<boolean> = {
  type: 'bool',
  read(value, at) {
    if (typeof value !== 'boolean') throw mismatch(kindOf(value), 'bool', at)
    return value
  },
}

export const float: Shape<number> = {
  type: 'float64',
  read(value, at) {
    if (typeof value !== 'number') throw mismatch(kindOf(value), 'float64', at)
    if (!Number.isFinite(value)) throw mismatch(`number ${value}`, 'float64', at)
    return value
  },
}

/** Beyond 2^53 whole numbers of 64 bits cannot be told apart here, so that they are refused instead of changed. */
const REACH = { int32: 2 ** 31 - 1, int: Number.MAX_SAFE_INTEGER, int64: Number.MAX_SAFE_INTEGER } as const

function whole(type: keyof typeof REACH): Shape<number> {
  return {
    type,
    read(value, at) {
      if (typeof value !== 'number') throw mismatch(kindOf(value), type, at)
      const reach = REACH[type]
      const least = type === 'int32' ? -reach - 1 : -reach
      if (!Number.isInteger(value) || value > reach || value < least) throw mismatch(`number ${value}`, type, at)
      return value + 0
    },
  }
}

export const int32 = whole('int32')
export const int = whole('int')
export const int64 = whole('int64')

/** Anything, for what is accepted and not used. */
export const anything: Shape<unknown> = { type: 'any', read: (value) => value }

/** `type` is the list's own name where it has one. */
export function list<Value>(of: Shape<Value>, type = `[]${of.type}`): Shape<Value[]> {
  return {
    type,
    isList: true,
    read(value, at) {
      if (!Array.isArray(value)) throw mismatch(kindOf(value), type, at)
      return value.map((each) => readOrZero(of, each, at))
    },
  }
}

export function map<Value>(of: Shape<Value>): Shape<Record<string, Value>> {
  const type = `map[string]${of.type}`
  return {
    type,
    read(value, at) {
      if (!isObject(value)) throw mismatch(kindOf(value), type, at)
      const pairs = Object.entries(value).map(([key, each]) => [key.toWellFormed(), readOrZero(of, each, at)] as const)
      return Object.fromEntries(pairs)
    },
  }
}

type Fields = Readonly<Record<string, Shape<unknown>>>
type Members<F extends Fields> = { -readonly [Name in keyof F]?: ReadBy<F[Name]> | undefined }

/** `struct` is the structure's name without its package, which errors about a member say. */
export function object<F extends Fields>(type: string, fields: F): Shape<Members<F>> {
  const struct = type.slice(type.lastIndexOf('.') + 1)
  const named = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]))
  return {
    type,
    read(value, at) {
      if (!isObject(value)) throw mismatch(kindOf(value), type, at)
      const members: Record<string, unknown> = {}
      for (const [given, held] of Object.entries(value)) {
        const name = named.get(given.toLowerCase())
        if (name === undefined)
          throw new DomainError('invalid', `json: unknown field ${JSON.stringify(given.slice(0, LONGEST_NAME))}`)
        if (held === null) continue
        const path = at.path === '' ? name : `${at.path}.${name}`
        members[name] = fields[name]!.read(held, { struct, path })
      }
      return members as Members<F>
    },
  }
}

/** Null among the elements of a list or map is the type's zero in Go. */
function readOrZero<Value>(shape: Shape<Value>, value: unknown, at: Place): Value {
  if (value !== null) return shape.read(value, at)
  if (shape.type === 'string') return '' as Value
  if (shape.type.startsWith('int') || shape.type === 'float64') return 0 as Value
  return shape.read(emptyOf(shape), at)
}

/** What JSON null stands for where a whole value is wanted. */
export function emptyOf({ isList = false }: Shape<unknown>): object {
  return isList ? [] : {}
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value
}

function mismatch(found: string, type: string, { struct, path }: Place): DomainError {
  const place = path === '' ? `Go value of type ${type}` : `Go struct field ${struct}.${path} of type ${type}`
  return new DomainError('invalid', `json: cannot unmarshal ${found} into ${place}`)
}
