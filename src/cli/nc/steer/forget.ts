/** `nc forget`: removes jobs from the server; what runs must be stopped first. */

import type { Session } from '../../client/session.ts'
import type { Invocation, Subcommand } from '../subcommand.ts'
import { watchJobs } from '../watch/job-events.ts'
import { hasEnded } from '../watch/job-state.ts'
import { addTargetOptions, findTargets, giveOrders } from './targets.ts'

const RESTING = ['Idle', 'Sleeping', 'Done', 'Failed']
const ANY = [...RESTING, 'Queued', 'Running', 'Suspended']

export const forget: Subcommand = {
  name: 'forget',
  summary: 'remove jobs from the server',
  words: 'ID… | -mine | -set NAME | -where RULE',
  define: (command) =>
    void addTargetOptions(command).option('-F, --force', 'stop those that are queued or running first'),
  async act(call) {
    const session = await call.session()
    const force = call.options.force === true
    const ids = await findTargets(call, session, force ? ANY : RESTING)
    const order = async (id: number) => {
      if (force) await end(id, session, call)
      return session.call({ method: 'DELETE', path: `/jobs/${id}` })
    }
    return giveOrders({ call, ids, done: 'Forgotten jobs', order })
  },
}

async function end(id: number, session: Session, { screen }: Invocation): Promise<void> {
  let stopped = false
  for await (const state of watchJobs([id], { session, screen })) {
    if (hasEnded(state)) return
    if (!stopped) await session.call({ method: 'PUT', path: `/jobs/${id}`, body: { action: 'STOP' } })
    stopped = true
  }
}
