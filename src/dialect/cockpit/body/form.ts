/** Fields of a form, of a URL's query and of a JSON object alike, as Go's `FormValue` answers them. */

import { firstOf, type Query } from '../query.ts'
import type { Asked } from '../route.ts'
import { readBody, textOf } from './document.ts'
import { map, text } from './shape.ts'

export interface Form {
  /** '' where the field is absent. */
  get(field: string): string
  has(field: string): boolean
}

const FIELDS = map(text)

/** The body before the query. @throws invalid for a body that begins as JSON and is none */
export function readForm({ body, query }: Pick<Asked, 'body'> & { query: Query }): Form {
  const sent = textOf(body)
  const fields = sent.trimStart().startsWith('{')
    ? new Map(Object.entries(readBody(body, FIELDS, 'decoding request failed')))
    : new URLSearchParams(sent)
  return {
    get: (field) => (fields.get(field) ?? firstOf(query, field) ?? '').toWellFormed(),
    has: (field) => fields.has(field) || query[field] !== undefined,
  }
}
