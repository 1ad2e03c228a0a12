/**
 * The thread of all writes: the one connection that changes the database. A group is one transaction and one fsync, for
 * which this thread waits instead of the server's.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../base/errors.ts'
import type { SqlValue } from '../rows.ts'
import { openConnection } from './connection.ts'
import type { Outcome, Write, WriteAnswer, WriteRequest } from './writer-message.ts'

const SQLITE_CONSTRAINT = 19

const connection = openConnection(workerData as string)
const { database } = connection

parentPort?.on('message', (request: WriteRequest) => {
  if (request.kind === 'close') {
    connection.close()
    parentPort?.close()
    return
  }
  parentPort?.postMessage(commit(database, request.group))
})

function commit(into: DatabaseSync, group: Write[]): WriteAnswer {
  try {
    into.exec('begin immediate')
    const outcomes = group.map(run)
    into.exec('commit')
    return { outcomes }
  } catch (error) {
    if (into.isTransaction) into.exec('rollback')
    return { failed: messageOf(error) }
  }
}

/** A refusal undoes the one statement; anything else (disk full, I/O error) ends the whole group. */
function run({ text, values }: Write): Outcome {
  try {
    const statement = connection.prepare(text)
    return returnsRows(statement)
      ? all(statement, values)
      : { changes: Number(statement.run(...values).changes), rows: [] }
  } catch (error) {
    if (isConstraint(error)) return { refused: messageOf(error) }
    throw error
  }
}

function all(statement: StatementSync, values: SqlValue[]): Outcome {
  const rows = statement.all(...values) as Record<string, SqlValue>[]
  return { changes: rows.length, rows: rows.map((row) => ({ ...row })) }
}

const returning = new Map<StatementSync, boolean>()

function returnsRows(statement: StatementSync): boolean {
  const known = returning.get(statement)
  if (known !== undefined) return known
  const answer = statement.columns().length > 0
  returning.set(statement, answer)
  return answer
}

function isConstraint(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' && (code & 0xff) === SQLITE_CONSTRAINT
}
