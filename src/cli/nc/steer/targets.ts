/** Which jobs an order is for: ids, or a selection; and the giving of one order to each. */

import type { Command } from 'commander'
import { padId } from '../../../base/id.ts'
import type { Session } from '../../client/session.ts'
import { EXIT_FAILED, EXIT_OK, UsageError, UserError } from '../../failure.ts'
import { count } from '../../terminal/text.ts'
import { query } from '../job-rows.ts'
import type { Invocation } from '../subcommand.ts'
import { readId } from '../watch/wait.ts'

export function addTargetOptions(command: Command): Command {
  return command
    .option('--mine', 'all of your own jobs that this can be done to')
    .option('--set <set>', 'the jobs of a set')
    .option('--where <rule>', "the jobs that a selection rule holds for: 'jobname==nightly'")
}

/** Ids from the words, or from a query over the jobs in one of `states`. @throws UsageError when neither is given */
export async function findTargets(call: Invocation, session: Session, states: readonly string[]): Promise<number[]> {
  const { mine, set, where } = call.options as { mine?: boolean; set?: string; where?: string }
  const selects = mine === true || set !== undefined || where !== undefined
  if (selects && call.words.length > 0)
    throw new UsageError('give either ids or a selection (-mine, -set, -where), not both')
  if (!selects && call.words.length === 0)
    throw new UsageError('which jobs? Give ids, or -mine, -set NAME, -where RULE')
  if (!selects) return call.words.map(readId)
  const rules = [`statusnc==${states.join(',')}`]
  if (mine || set === undefined) rules.push(`user=="${session.user}"`)
  if (where !== undefined) rules.push(`(${where})`)
  const rows = await query(session, {
    select: ['IDINT'],
    from: set ?? 'jobs',
    where: rules.join(' & '),
    order: 'idint',
  })
  return rows.map(({ IDINT }) => Number(IDINT))
}

export interface Orders {
  call: Invocation
  ids: readonly number[]
  /** `Stopped jobs`: begins the sentence that counts. */
  done: string
  /** Gives the order to one job; the answer goes into `--json`. */
  order(id: number): Promise<unknown>
}

const AT_ONCE = 16

/** Gives the order to all; a refusal is told and the others go on. The exit code. */
export async function giveOrders(orders: Orders): Promise<number> {
  const { ids, done, order } = orders
  const { options, screen } = orders.call
  const answers: Answer[] = []
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE)
    answers.push(...(await Promise.all(some.map((id) => order(id).then(given, (error) => refused(id, error))))))
  }
  const refusals = answers.flatMap(({ error }) => (error === undefined ? [] : [error]))
  for (const sentence of refusals) screen.refusal(sentence)
  const obeyed = ids.length - refusals.length
  if (options.json) screen.json(answers.map(({ value }) => value))
  else if (options.verbosity > 0 && (obeyed > 0 || ids.length === 0)) screen.message(`${done}: ${obeyed}`)
  if (refusals.length > 0 && ids.length > 1) screen.message(`refused: ${count(refusals.length, 'job')}`)
  return refusals.length === 0 ? EXIT_OK : EXIT_FAILED
}

interface Answer {
  /** For `--json`. */
  value: unknown
  /** The sentence of a refusal. */
  error?: string
}

function given(value: unknown): Answer {
  return { value }
}

function refused(id: number, error: unknown): Answer {
  if (!(error instanceof UserError)) throw error
  return { value: { id: padId(id), idint: id, error: error.message }, error: error.message }
}
