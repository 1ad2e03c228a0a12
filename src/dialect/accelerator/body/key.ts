/** What a key of a body is: which JSON it takes, how it is explained to people, and what the engine is told for it. */

import Type, { type TObject, type TSchema } from 'typebox'
import type { Submission } from '../../../engine/command.ts'

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null'

export interface Key {
  types: readonly JsonType[]
  /** Ends the sentence "KEY must be ...". */
  must: string
  about: string
  examples?: readonly unknown[]
  /** Part of the command; absent where the key is accepted and has no effect. `owner` is whose job it is. @throws invalid */
  read?: (value: unknown, key: string, owner: string) => Partial<Submission>
}

export type Keys = Readonly<Record<string, Key>>

/** The schema of a body with these keys and no others; key order is the order of the page. */
export function bodySchema(keys: Keys, required: readonly string[], options: object = {}): TObject {
  const properties = Object.entries(keys).map(([name, key]) => [
    name,
    required.includes(name) ? schemaOf(key) : Type.Optional(schemaOf(key)),
  ])
  return Type.Object(Object.fromEntries(properties), { additionalProperties: false, ...options })
}

function schemaOf({ types, must, about, examples }: Key): TSchema {
  const type = types.length === 1 ? types[0] : types
  return Type.Unsafe({ type, description: `${about} Must be ${must}.`, ...(examples && { examples }) })
}

/** Keys with the blank that some pages print after a comma, `priority, exec`, are the same keys. */
export function withoutBlanks(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  if (!Object.keys(body).some((key) => key.includes(', '))) return body
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key.replace(/,\s+/g, ','), value]))
}
