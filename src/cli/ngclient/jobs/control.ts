/** `ngclient jobs cancel|pause|resume|resubmit`. */

import { EXIT_FAILED, EXIT_OK, UserError } from '../../failure.ts'
import type { HubJob } from '../hub/job.ts'
import type { Invocation } from '../invocation.ts'
import { readId } from './page.ts'

type Action = 'cancel' | 'pause' | 'resume' | 'resubmit'

/** Gives the order to each; one that is refused does not keep the others from it. */
export function control(action: Action) {
  return async (call: Invocation, words: readonly string[]): Promise<number> => {
    const { screen, options } = call
    const ids = words.map(readId)
    const hub = await call.hub()
    const answers: HubJob[] = []
    for (const id of ids) {
      const order = hub.call<HubJob>({ method: 'POST', path: `jobs/${id}/${action}/` })
      const job = await order.catch((error) => refuse(error, id, screen.refusal))
      if (!job) continue
      answers.push(job)
      if (!options.json) screen.print(sentenceOf(action, id, job))
    }
    if (options.json) screen.json(answers)
    return answers.length === ids.length ? EXIT_OK : EXIT_FAILED
  }
}

function sentenceOf(action: Action, id: number, job: HubJob): string {
  return action === 'resubmit' ? `Job ${job.id} is submitted, from job ${id}` : `Job ${id} is ${job.state}`
}

/** @throws everything that is not about this job */
function refuse(error: unknown, id: number, refusal: (sentence: string) => void): undefined {
  if (!(error instanceof UserError)) throw error
  refusal(`job ${id}: ${error.message}`)
}
