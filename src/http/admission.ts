/** Who asks, found out in front of a request. Synchronous where `identify` is, since this is on the way of every request. */

import type { FastifyRequest, onRequestHookHandler } from 'fastify'

export interface Admission<Who> {
  /** @throws what `refuse` then explains */
  identify(request: FastifyRequest): Who | Promise<Who>
  /** Notes on the request who it is; answers why he stays outside nevertheless. Throws nothing. */
  enter(request: FastifyRequest, who: Who): Error | undefined
  /** What is answered instead of an error of `identify`. */
  refuse(error: unknown): Error
}

export function admit<Who>({ identify, enter, refuse }: Admission<Who>): onRequestHookHandler {
  return (request, _reply, done) => {
    const welcome = (who: Who) => done(enter(request, who))
    const reject = (error: unknown) => done(refuse(error))
    const attempt = tried(() => identify(request))
    if ('error' in attempt) return reject(attempt.error)
    if (!(attempt.answer instanceof Promise)) return welcome(attempt.answer)
    attempt.answer.then(welcome, reject)
  }
}

/** What is thrown, as a value: the rest of the request must not run inside a `try`. */
function tried<Answer>(run: () => Answer): { answer: Answer } | { error: unknown } {
  try {
    return { answer: run() }
  } catch (error) {
    return { error }
  }
}
