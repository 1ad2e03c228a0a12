/** `nc stop`, `nc suspend`, `nc resume`. */

import type { Command } from 'commander'
import type { Subcommand } from '../subcommand.ts'
import { addTargetOptions, findTargets, giveOrders } from './targets.ts'

interface Verb {
  action: string
  summary: string
  /** Jobs that a selection takes. */
  states: readonly string[]
  done: string
  define?: (command: Command) => Command
}

function verb(name: string, { action, summary, states, done, define }: Verb): Subcommand {
  return {
    name,
    summary,
    words: 'ID… | -mine | -set NAME | -where RULE',
    define: (command) => void addTargetOptions(define?.(command) ?? command),
    async act(call) {
      const session = await call.session()
      const ids = await findTargets(call, session, states)
      const { sig, delay, include, exclude } = call.options
      const body = { action, signals: sig, delay, include, exclude }
      const order = (id: number) => session.call({ method: 'PUT', path: `/jobs/${id}`, body })
      return giveOrders({ call, ids, done, order })
    },
  }
}

function withSignals(command: Command): Command {
  return command
    .option('--sig <signals>', 'signals instead of the usual ones: TERM,INT,KILL')
    .option('--include <regex>', 'only processes whose name matches')
    .option('--exclude <regex>', 'only processes whose name does not match')
}

export const stop = verb('stop', {
  action: 'STOP',
  summary: 'stop jobs: a queued one leaves the queue, a running one gets TERM, INT and KILL until it is gone',
  states: ['Queued', 'Running', 'Suspended'],
  done: 'Stopped jobs',
  define: (command) => withSignals(command).option('--delay <time>', 'between two signals (3s)'),
})

export const suspend = verb('suspend', {
  action: 'SUSPEND',
  summary: 'suspend running jobs',
  states: ['Running'],
  done: 'Suspended jobs',
  define: withSignals,
})

export const resume = verb('resume', {
  action: 'RESUME',
  summary: 'resume suspended jobs',
  states: ['Suspended'],
  done: 'Resumed jobs',
})
