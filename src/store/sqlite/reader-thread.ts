/**
 * The thread of heavy reads: its own read-only connections, rows handed over a batch at a time on request. Speaks the
 * messages that `reader.ts` declares.
 *
 * A connection with an open cursor sees nothing that is committed meanwhile. So each cursor has a connection to itself,
 * and whoever asks for few rows is answered on one that never has any.
 */

import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../base/errors.ts'
import type { FieldValue } from '../../job/field.ts'
import { type Connection, openConnection } from './connection.ts'
import { defineFunctions } from './fragments.ts'
import { BATCH_ROWS, type ReadAnswer, type ReadRequest } from './reader-message.ts'

/** Each costs memory; a list that was begun and is not being read gives its own back after a minute. */
const CURSOR_LIMIT = 64
/** Kept open for the next cursors. */
const IDLE_CONNECTIONS = 2

interface Cursor {
  connection: Connection
  rows: Generator<FieldValue[]>
}

const always = connect()
const idle: Connection[] = []
const cursors = new Map<number, Cursor>()

parentPort?.on('message', (request: ReadRequest) => {
  try {
    const answer = serve(request)
    if (answer) parentPort?.postMessage(answer)
  } catch (error) {
    release(request.id)
    parentPort?.postMessage({ id: request.id, error: messageOf(error) } satisfies ReadAnswer)
  }
})

function serve(request: ReadRequest): ReadAnswer | undefined {
  switch (request.kind) {
    case 'rows':
      return { id: request.id, rows: [...rowsOf(always, request)], done: true }
    case 'open':
      return open(request)
    case 'next':
      return next(request.id)
    case 'close':
      release(request.id)
      return undefined
  }
}

/** The count comes from the same snapshot as the rows: the cursor that stays open holds it. */
function open({ id, text, values, counted }: Extract<ReadRequest, { kind: 'open' }>): ReadAnswer {
  if (cursors.size >= CURSOR_LIMIT) throw new Error('too many long lists are being read at once; try again in a minute')
  const connection = idle.pop() ?? connect()
  cursors.set(id, { connection, rows: rowsOf(connection, { text, values }) })
  const answer = next(id)
  if (!counted || answer.done) return answer
  const size = connection.database.prepare(`select count(*) as size from (${text})`).get(...values)?.size
  return { ...answer, count: Number(size) }
}

function next(id: number): Extract<ReadAnswer, { rows: unknown }> {
  const cursor = cursors.get(id)
  const rows = cursor ? take(cursor.rows) : []
  const done = rows.length < BATCH_ROWS
  if (done) release(id)
  return { id, rows, done }
}

function release(id: number): void {
  const cursor = cursors.get(id)
  if (!cursor) return
  cursors.delete(id)
  cursor.rows.return(undefined)
  if (idle.length < IDLE_CONNECTIONS) idle.push(cursor.connection)
  else cursor.connection.close()
}

function connect(): Connection {
  const connection = openConnection(workerData as string, true)
  defineFunctions(connection.database)
  return connection
}

type Query = Pick<Extract<ReadRequest, { text: string }>, 'text' | 'values'>

/** Prepared when the first row is asked for, so that a query that cannot be is given back like any other. */
function* rowsOf({ database }: Connection, { text, values }: Query): Generator<FieldValue[]> {
  const statement = database.prepare(text)
  statement.setReturnArrays(true)
  yield* statement.iterate(...values) as unknown as Iterable<FieldValue[]>
}

function take(rows: Generator<FieldValue[]>): FieldValue[][] {
  const batch: FieldValue[][] = []
  while (batch.length < BATCH_ROWS) {
    const step = rows.next()
    if (step.done) break
    batch.push(step.value)
  }
  return batch
}
