/** `nc rerun`: runs jobs again, perhaps with another priority, name, folder or set (Accelerator, Rerun Jobs). */

import { resolve } from 'node:path'
import type { Invocation, Subcommand } from '../subcommand.ts'
import { addTargetOptions, findTargets, giveOrders } from './targets.ts'

export const rerun: Subcommand = {
  name: 'rerun',
  summary: 'queue jobs again; a job that is Done or Failed only with -F',
  words: 'ID… | -mine | -where RULE',
  define: (command) =>
    void addTargetOptions(command)
      .option('-F, --force', 'also jobs that are Done or Failed')
      .option('-f', 'the same as -F')
      .option('--first', 'ahead of the jobs that wait alike')
      .option('-p, --priority <priority>', 'with this priority')
      .option('-J, --jobname <name>', 'with this name')
      .option('-d, --dir <dir>', 'in this folder'),
  async act(call) {
    const session = await call.session()
    const force = call.options.force === true || call.options.f === true
    const states = force ? ['Idle', 'Sleeping', 'Done', 'Failed'] : ['Idle', 'Sleeping']
    const ids = await findTargets(call, session, states)
    const changes = changesOf(call)
    const body = { action: 'RERUN', force: force ? 1 : 0, first: call.options.first ? 1 : 0 }
    const order = async (id: number) => {
      if (changes) await session.call({ method: 'PATCH', path: `/jobs/${id}`, body: changes })
      return session.call({ method: 'PUT', path: `/jobs/${id}`, body })
    }
    return giveOrders({ call, ids, done: 'Scheduled jobs', order })
  },
}

function changesOf({ options, cwd }: Invocation): Record<string, unknown> | undefined {
  const { priority, jobname, dir } = options
  if (priority === undefined && jobname === undefined && dir === undefined) return undefined
  return { 'priority,sched': priority, jobname, rundir: dir === undefined ? undefined : resolve(cwd, String(dir)) }
}
