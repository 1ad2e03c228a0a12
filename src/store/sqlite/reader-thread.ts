/**
 * The thread of heavy reads: its own read-only connection, rows handed over a batch at a time on request. Speaks the
 * messages that `reader.ts` declares.
 */

import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../base/errors.ts'
import type { FieldValue } from '../../job/field.ts'
import { openConnection } from './connection.ts'
import { defineFunctions } from './fragments.ts'
import { BATCH_ROWS, type ReadAnswer, type ReadRequest } from './reader-message.ts'

const connection = openConnection(workerData as string, true)
defineFunctions(connection.database)
const cursors = new Map<number, Iterator<FieldValue[]>>()

parentPort?.on('message', (request: ReadRequest) => {
  try {
    const answer = serve(request)
    if (answer) parentPort?.postMessage(answer)
  } catch (error) {
    cursors.delete(request.id)
    parentPort?.postMessage({ id: request.id, error: messageOf(error) } satisfies ReadAnswer)
  }
})

function serve(request: ReadRequest): ReadAnswer | undefined {
  switch (request.kind) {
    case 'open':
      return open(request)
    case 'next':
      return next(request.id)
    case 'close':
      cursors.get(request.id)?.return?.()
      cursors.delete(request.id)
      return undefined
  }
}

/** The count comes from the same snapshot as the rows: the cursor that stays open holds it. */
function open({ id, text, values }: Extract<ReadRequest, { kind: 'open' }>): ReadAnswer {
  const statement = connection.database.prepare(text)
  statement.setReturnArrays(true)
  const cursor = statement.iterate(...values) as unknown as Iterator<FieldValue[]>
  const rows = take(cursor)
  if (rows.length < BATCH_ROWS) return { id, count: rows.length, rows, done: true }
  cursors.set(id, cursor)
  const counted = connection.database.prepare(`select count(*) as size from (${text})`).get(...values)
  return { id, count: Number(counted?.size), rows, done: false }
}

function next(id: number): ReadAnswer {
  const cursor = cursors.get(id)
  const rows = cursor ? take(cursor) : []
  const done = rows.length < BATCH_ROWS
  if (done) cursors.delete(id)
  return { id, rows, done }
}

function take(cursor: Iterator<FieldValue[]>): FieldValue[][] {
  const rows: FieldValue[][] = []
  while (rows.length < BATCH_ROWS) {
    const step = cursor.next()
    if (step.done) break
    rows.push(step.value)
  }
  return rows
}
