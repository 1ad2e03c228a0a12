/** The clauses of a query, read and judged as far as is possible without knowing what there is (vtk_select; REST Request URLs). */

import { DomainError } from '../../../base/errors.ts'
import { parseWhere, type Rule } from './rule/where.ts'
import { type OrderItem, parseOrder } from './selection.ts'
import { holdsJobs } from './sources.ts'

/** As they come from the address; blank counts as absent. */
export interface QueryParams {
  select?: string | undefined
  from?: string | undefined
  where?: string | undefined
  order?: string | undefined
  limit?: string | number | undefined
}

export interface TableRequest {
  /** The query in one line, with everything as the caller wrote it. */
  query: string
  /** Names as typed; `*` for all. */
  select: readonly string[]
  from: string
  rule: Rule
  order: readonly OrderItem[]
  limit: number | undefined
}

const DEFAULT_FROM = 'jobs'
/** What `nc list` shows (Accelerator tutorial 2024.1, nc_list.py), for queries from jobs without a `select`. */
const DEFAULT_SELECT = 'id,statusnc,priorityPP,host,command'
const MAX_NAMES = 200
const MAX_FROM_LENGTH = 1000

/** @throws invalid, naming the clause */
export function readQuery(params: QueryParams): TableRequest {
  const from = params.from?.trim() || DEFAULT_FROM
  if (from.length > MAX_FROM_LENGTH) throw new DomainError('invalid', 'from: the name is too long')
  const select = params.select?.trim() || (holdsJobs(from) ? DEFAULT_SELECT : '*')
  const where = params.where?.trim() ?? ''
  const order = params.order?.trim() ?? ''
  const limit = readLimit(params.limit)
  return {
    query: echo({ select, from, where, order, limit }),
    select: readSelect(select),
    from,
    rule: parseWhere(where),
    order: parseOrder(order),
    limit,
  }
}

function readSelect(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new DomainError('invalid', 'select: a name is missing beside a comma')
  if (names.length > MAX_NAMES) throw new DomainError('invalid', `select: at most ${MAX_NAMES} names are read`)
  return names
}

function readLimit(limit: string | number | undefined): number | undefined {
  const text = String(limit ?? '').trim()
  if (text === '') return undefined
  if (/^\d{1,15}$/.test(text) && Number(text) >= 1) return Number(text)
  throw new DomainError('invalid', 'limit: give a whole number of at least 1, or leave it out for all rows')
}

type Clauses = Record<'select' | 'from' | 'where' | 'order', string> & { limit: number | undefined }

/** `ORDERBY` is one word (REST Request URLs). */
function echo({ select, from, where, order, limit }: Clauses): string {
  const parts = [`SELECT ${select} FROM ${from}`]
  if (where !== '') parts.push(`WHERE ${where}`)
  if (order !== '') parts.push(`ORDERBY ${order}`)
  if (limit !== undefined) parts.push(`LIMIT ${limit}`)
  return parts.join(' ')
}
