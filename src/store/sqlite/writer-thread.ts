/**
 * The thread of all writes: the one connection that changes the database. A group is one transaction and one fsync, for
 * which this thread waits instead of the server's.
 */

import type { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../base/errors.ts'
import type { BoundValue, SqlValue } from '../rows.ts'
import { openConnection } from './connection.ts'
import type { Outcome, Write, WriteAnswer, WriteRequest } from './writer-message.ts'

const SQLITE_CONSTRAINT = 19

const connection = openConnection(workerData as string)
const { database } = connection
type Runner = (values: BoundValue[]) => Outcome
const statements = new Map<number, Runner>()

parentPort?.on('message', (request: WriteRequest) => {
  if (request.kind === 'close') {
    connection.close()
    parentPort?.close()
    return
  }
  for (const [number, text] of request.introduced) statements.set(number, prepare(text))
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
function run({ statement, values }: Write): Outcome {
  try {
    return statements.get(statement)!(values)
  } catch (error) {
    if (isConstraint(error)) return { refused: messageOf(error) }
    throw error
  }
}

function prepare(text: string): Runner {
  const statement = database.prepare(text)
  if (statement.columns().length === 0) return (values) => Number(statement.run(...values).changes)
  return (values) => ({ rows: statement.all(...values).map((row) => ({ ...row })) as Record<string, SqlValue>[] })
}

function isConstraint(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' && (code & 0xff) === SQLITE_CONSTRAINT
}
