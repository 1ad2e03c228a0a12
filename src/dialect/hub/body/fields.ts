/** A body read key by key, all complaints together; keys that nobody knows are passed over, as in the original. */

import type { FastifyRequest } from 'fastify'
import { bodyOf } from '../manners/body.ts'
import { Refused, withField } from '../manners/refused.ts'
import { attempt, type Field, type ReadBy } from './field.ts'
import { isObject, typeName } from './python.ts'

export type Fields = Readonly<Record<string, Field<unknown>>>

type OptionalKeys<F extends Fields> = { [Key in keyof F]: F[Key] extends { isOptional: true } ? Key : never }[keyof F]

/** What was sent; a key that was not is not there. */
export type Read<F extends Fields> = { [Key in Exclude<keyof F, OptionalKeys<F>>]: ReadBy<F[Key]> } & {
  [Key in OptionalKeys<F>]?: ReadBy<F[Key]>
}

/** @throws Refused with 415, 400 */
export function readFields<F extends Fields>(request: FastifyRequest, fields: F): Read<F> {
  return read(request, fields, true) as Read<F>
}

/** As for PATCH: nothing is missed. @throws Refused with 415, 400 */
export function readSome<F extends Fields>(request: FastifyRequest, fields: F): Partial<Read<F>> {
  return read(request, fields, false) as Partial<Read<F>>
}

/** The body as an object. @throws Refused with 415, 400 */
export function objectIn(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const body = bodyOf(request)
  if (isObject(body)) return body
  if (body === null) throw withField('non_field_errors', 'No data provided')
  throw withField('non_field_errors', `Invalid data. Expected a dictionary, but got ${typeName(body)}.`)
}

function read(request: FastifyRequest, fields: Fields, isWhole: boolean): Record<string, unknown> {
  const body = objectIn(request)
  const wrong: Record<string, unknown> = {}
  const found: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) {
    const given = Object.hasOwn(body, key) ? body[key] : undefined
    if (given !== undefined) {
      found[key] = attempt(field, given, (messages) => {
        wrong[key] = messages
      })
    } else if (isWhole && !field.isOptional) wrong[key] = ['This field is required.']
  }
  if (Object.keys(wrong).length > 0) throw new Refused(400, wrong)
  return found
}
