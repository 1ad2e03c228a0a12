/** `GET /events?jobs=1,2`: changes of jobs as they happen. */

import type { FastifyInstance } from 'fastify'
import type { Verify } from '../../../auth/token-cache.ts'
import { tokenIn } from '../guard.ts'
import { readJobIds } from '../read.ts'
import { eventsSchema } from '../schema.ts'
import { type EventParts, EventStreams } from './event-streams.ts'

const OPTIONS = { schema: eventsSchema, exposeHeadRoute: false }

export function eventRoute(scope: FastifyInstance, parts: EventParts, verify: Verify): void {
  const streams = new EventStreams(parts)
  scope.addHook('preClose', async () => streams.close())
  scope.get<{ Querystring: { jobs: string } }>('/events', OPTIONS, async (request, reply) => {
    const { caller, query } = request
    const recheck = () => verify(tokenIn(request))
    await streams.open({ caller, jobIds: readJobIds(query.jobs), recheck }, reply)
    return reply
  })
}
