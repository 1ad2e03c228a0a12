/** Pages of lists, with the envelope, addresses and refusals of Django REST framework (spec/hub.md 2.3). */

import type { FastifyRequest } from 'fastify'
import { firstOf, type Query } from '../query.ts'
import { originOf } from './address.ts'
import { withDetail } from './refused.ts'

export interface Page {
  number: number
  size: number
  offset: number
  isLast: boolean
}

export interface Envelope<Row> {
  count: number
  next: string | null
  previous: string | null
  results: Row[]
}

export interface Sizes {
  standard: number
  most: number
}

export const SIZES: Sizes = { standard: 20, most: 100 }

/** Which page of `count` rows is asked for. @throws Refused with 404 `Invalid page.` */
export function pageOf(query: Query, count: number, sizes: Sizes = SIZES): Page {
  const size = sizeIn(query, sizes)
  const last = Math.max(1, Math.ceil(count / size))
  const number = numberIn(firstOf(query, 'page') ?? '1', last)
  if (number === undefined || number < 1 || number > last) throw withDetail(404, 'Invalid page.')
  return { number, size, offset: (number - 1) * size, isLast: number === last }
}

/** The rows of the page that the request asks for, in the envelope. */
export async function inPages<Row>(
  request: FastifyRequest,
  count: number,
  fetch: (page: Page) => readonly Row[] | Promise<readonly Row[]>,
): Promise<Envelope<Row>> {
  const page = pageOf(request.query as Query, count)
  return envelope(request, { count, page }, await fetch(page))
}

/** A list that is in memory anyway. */
export function inMemoryPages<Row, Shown>(
  request: FastifyRequest,
  rows: readonly Row[],
  show: (row: Row) => Shown,
): Promise<Envelope<Shown>> {
  return inPages(request, rows.length, ({ offset, size }) => rows.slice(offset, offset + size).map(show))
}

export function envelope<Row>(
  request: FastifyRequest,
  { count, page }: { count: number; page: Page },
  results: readonly Row[],
): Envelope<Row> {
  const address = `${originOf(request)}${request.raw.url ?? ''}`
  return {
    count,
    next: page.isLast ? null : pageAddress(address, page.number + 1),
    previous: page.number === 1 ? null : pageAddress(address, page.number - 1),
    results: [...results],
  }
}

/** The other parameters stay, in the order of their names; the first page is the one without a number. */
export function pageAddress(address: string, number: number): string {
  const cut = address.indexOf('?')
  const path = cut < 0 ? address : address.slice(0, cut)
  const parameters = new URLSearchParams(cut < 0 ? '' : address.slice(cut))
  if (number === 1) parameters.delete('page')
  else parameters.set('page', String(number))
  parameters.sort()
  return parameters.size === 0 ? path : `${path}?${parameters}`
}

/** What is no size falls back to the standard one. */
function sizeIn(query: Query, { standard, most }: Sizes): number {
  const size = integerIn(firstOf(query, 'page_size') ?? '')
  return size === undefined || size < 1 ? standard : Math.min(size, most)
}

function numberIn(text: string, last: number): number | undefined {
  return text === 'last' ? last : integerIn(text)
}

function integerIn(text: string): number | undefined {
  return /^\s*\+?\d{1,15}\s*$/.test(text) ? Number(text) : undefined
}
