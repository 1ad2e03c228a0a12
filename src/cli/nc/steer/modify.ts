/** `nc modify`: changes what was asked for (Accelerator, nc modify: Restrictions and Consequences). */

import { resolve } from 'node:path'
import { UsageError } from '../../failure.ts'
import type { Invocation, Subcommand } from '../subcommand.ts'
import { addTargetOptions, findTargets, giveOrders } from './targets.ts'

/** Option to key of `PATCH /api/v3/jobs/{id}`. */
const KEYS: Readonly<Record<string, string>> = {
  priority: 'priority,sched',
  xpriority: 'priority,exec',
  env: 'env',
  cmd: 'command',
  dir: 'rundir',
  logfile: 'logfile',
  kill: 'autokill',
  xdur: 'xdur',
  group: 'group',
  jobname: 'jobname',
  jobclass: 'jobclass',
  jobproj: 'jobproj',
  put: 'setName',
  legalexit: 'legalExit',
  preemptable: 'preemptable',
  rerunnable: 'rerunnable',
  autoforget: 'autoforget',
  keepfor: 'keepfor',
}

export const modify: Subcommand = {
  name: 'modify',
  summary: 'change jobs; a new command, folder or environment makes a finished job idle',
  words: 'ID… | -mine | -set NAME | -where RULE',
  define: (command) =>
    void addTargetOptions(command)
      .option('-p, --priority <priority>', 'scheduling priority, or "12.low" for both')
      .option('--xpriority <priority>', 'execution priority')
      .option('-r, --resources <resources...>', 'what it needs, up to the next option or --')
      .option('-e, --env <env>', 'environment')
      .option('--cmd <command>', 'command line')
      .option('--dir <dir>', 'folder')
      .option('-l, --logfile <file>', 'log file')
      .option('--kill <time>', 'end it after running this long')
      .option('-X, --xdur <time>', 'expected duration')
      .option('-g, --group <group>', 'FairShare group')
      .option('-J, --jobname <name>', 'name')
      .option('-C, --jobclass <class>', 'job class')
      .option('--jobproj <project>', 'project')
      .option('--put <set>', 'put it in this set')
      .option('--legalexit <codes>', 'exit codes that count as success')
      .option('--preemptable <0|1>', 'may be preempted')
      .option('--rerunnable <0|1>', 'run again by itself when what ran it is lost')
      .option('--autoforget <0|1>', 'forgotten by itself some time after its end')
      .option('--keepfor <time>', 'kept at least this long after its end'),
  async act(call) {
    const body = changesOf(call)
    if (Object.keys(body).length === 0) throw new UsageError('nothing to change; "nc help modify" shows the options')
    const session = await call.session()
    const ids = await findTargets(call, session, [
      'Idle',
      'Queued',
      'Running',
      'Suspended',
      'Done',
      'Failed',
      'Sleeping',
    ])
    const order = (id: number) => session.call({ method: 'PATCH', path: `/jobs/${id}`, body })
    return giveOrders({ call, ids, done: 'Modified jobs', order })
  },
}

function changesOf({ options, cwd }: Invocation): Record<string, unknown> {
  const named = Object.entries(KEYS).flatMap(([option, key]) => {
    return options[option] === undefined ? [] : [[key, options[option]] as const]
  })
  const changes: Record<string, unknown> = Object.fromEntries(named)
  if (changes.rundir !== undefined) changes.rundir = resolve(cwd, String(changes.rundir))
  if (Array.isArray(options.resources)) changes.resources = options.resources.join(' ')
  return changes
}
