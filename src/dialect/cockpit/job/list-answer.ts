/** `{"jobs":[…],"items":25,"page":1}`, in one piece for a page and in many for a list that somebody wants whole. */

import type { FastifyReply } from 'fastify'
import type { Caller } from '../../../auth/caller.ts'
import type { Instant } from '../../../base/clock.ts'
import type { Records } from '../../../engine/record/records.ts'
import type { JobRecord } from '../../../job/record.ts'
import { JSON_TYPE, sendJson, sendPieces } from '../answer.ts'
import type { PageRequest } from './listing.ts'
import { showJob } from './show.ts'

/** A page longer than this is read and sent in batches (cc-slurm-adapter asks for 9,999,999 runs). */
const LONGEST_PAGE = 500

export async function sendList(
  reply: FastifyReply,
  { records, now }: { records: Records; now: Instant },
  caller: Caller,
  request: PageRequest,
): Promise<FastifyReply> {
  const show = (record: JobRecord) =>
    showJob(record, { now, withMetaData: request.withMetaData, withStatistics: record.monitoring === 'archived' })
  const { items, page, withTotal } = request
  if (items <= LONGEST_PAGE) {
    const found = await records.list(caller, request)
    const total = withTotal ? { total: found.total } : {}
    return sendJson(reply, { jobs: found.records.map(show), items, page, ...total })
  }
  const total = withTotal ? (await records.list(caller, { ...request, offset: 0, limit: 1 })).total : undefined
  const end = `],"items":${items},"page":${page}${withTotal ? `,"total":${total}` : ''}}\n`
  return sendPieces(
    reply,
    JSON_TYPE,
    jsonList('{"jobs":[', windowOf(records.scan(caller, request), request), show, end),
  )
}

/** The members of a long JSON list as text, batch by batch, between a beginning and an end. */
async function* jsonList(
  begin: string,
  batches: AsyncIterable<readonly JobRecord[]>,
  show: (record: JobRecord) => object,
  end: string,
): AsyncGenerator<string> {
  let separator = begin
  for await (const batch of batches) {
    for (const record of batch) {
      yield separator + JSON.stringify(show(record))
      separator = ','
    }
  }
  yield (separator === begin ? begin : '') + end
}

/** What of all batches is within the page. */
async function* windowOf(
  batches: AsyncIterable<readonly JobRecord[]>,
  { offset, limit }: PageRequest,
): AsyncGenerator<readonly JobRecord[]> {
  let passed = 0
  for await (const batch of batches) {
    yield batch.slice(Math.max(offset - passed, 0), Math.max(offset + limit - passed, 0))
    passed += batch.length
    if (passed >= offset + limit) return
  }
}
