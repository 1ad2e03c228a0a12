/** One operation as the API page shows it, by examples: for dialects that read bodies themselves, so that nothing is validated by these. */

import type { FastifySchema } from 'fastify'
import Type, { type TSchema } from 'typebox'

export interface Operation {
  tag: string
  id: string
  summary: string
  about?: string
  /** What each parameter means, by its name; all are texts. */
  path?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
  body?: TSchema
  /** Media types of the body; JSON where nothing is said. */
  consumes?: readonly string[]
  /** By status, refusals too. */
  answers: Readonly<Record<number, TSchema>>
}

export function describeOperation({ tag, id, path, query, about, body, consumes, ...rest }: Operation): FastifySchema {
  return {
    tags: [tag],
    operationId: id,
    summary: rest.summary,
    ...(about && { description: about }),
    ...(path && { params: texts(path, false) }),
    ...(query && { querystring: texts(query, true) }),
    ...(body && { body }),
    ...(body && consumes && { consumes: [...consumes] }),
    response: rest.answers,
  }
}

function texts(named: Readonly<Record<string, string>>, isOptional: boolean): TSchema {
  const properties = Object.entries(named).map(([name, description]) => {
    const text = Type.String({ description })
    return [name, isOptional ? Type.Optional(text) : text]
  })
  return Type.Object(Object.fromEntries(properties))
}

/** A JSON answer that looks like its example. */
export function example(description: string, value: unknown): TSchema {
  return bodyLike(description, value)
}

/** A body of JSON, with some that it would take. */
export function bodyLike(description: string, ...values: readonly [unknown, ...unknown[]]): TSchema {
  return Type.Unsafe({ type: Array.isArray(values[0]) ? 'array' : 'object', description, examples: values })
}

export function textAnswer(description: string, value: string): TSchema {
  return Type.String({ description, examples: [value] })
}

export function noAnswer(description: string): TSchema {
  return Type.Null({ description })
}
