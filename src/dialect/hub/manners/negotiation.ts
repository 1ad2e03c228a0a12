/** In which form an answer is wanted: JSON, or YAML (`Accept`, or `?format=`), chosen as Django REST framework does. */

import type { FastifyRequest } from 'fastify'
import { firstOf, type Query } from '../query.ts'
import { notFound, withDetail } from './refused.ts'

export type Form = 'json' | 'yaml'

const TYPES: Readonly<Record<Form, readonly string[]>> = {
  json: ['application/json'],
  yaml: ['application/yaml', 'application/x-yaml', 'text/yaml'],
}
const FORMS = Object.keys(TYPES) as Form[]
const LONGEST_HEADER = 2000

/** @throws Refused with 404 for an unknown format, 406 for types that are none of ours */
export function formFor({ headers, query }: FastifyRequest): Form {
  const format = firstOf(query as Query, 'format')
  if (format !== undefined) return formNamed(format)
  const wanted = rangesOf(headers.accept)
  for (const precision of [2, 1, 0]) {
    const ranges = wanted.filter((range) => precisionOf(range) === precision)
    const form = FORMS.find((each) => ranges.some((range) => TYPES[each].some((type) => takes(range, type))))
    if (form) return form
  }
  throw withDetail(406, 'Could not satisfy the request Accept header.')
}

/** What the media type of a body says it is; undefined for none of ours. */
export function formOfType(mediaType: string): Form | undefined {
  const bare = bareType(mediaType)
  return FORMS.find((form) => TYPES[form].includes(bare))
}

export function bareType(mediaType: string): string {
  return mediaType.split(';')[0]!.trim().toLowerCase()
}

export function mediaTypes(): string[] {
  return FORMS.map((form) => TYPES[form][0]!)
}

function formNamed(name: string): Form {
  const form = FORMS.find((each) => each === name)
  if (!form) throw notFound()
  return form
}

function rangesOf(accept: string | undefined): string[] {
  const header = (accept ?? '').slice(0, LONGEST_HEADER)
  return header.trim() === '' ? ['*/*'] : header.split(',').map(bareType)
}

/** How much a range says; the more precise goes first, whatever its `q`, as in the original. */
function precisionOf(range: string): number {
  if (range === '*/*' || range === '*') return 0
  return range.endsWith('/*') ? 1 : 2
}

function takes(range: string, type: string): boolean {
  if (precisionOf(range) === 0) return true
  return precisionOf(range) === 1 ? type.startsWith(range.slice(0, -1)) : type === range
}
