/** Runs: report, list, look at, describe, delete (spec/cockpit.md 1.3 to 1.11). */

import type { Caller } from '../../../auth/caller.ts'
import type { Clock } from '../../../base/clock.ts'
import { DomainError } from '../../../base/errors.ts'
import type { Records } from '../../../engine/record/records.ts'
import type { JobRecord } from '../../../job/record.ts'
import { sendJson } from '../answer.ts'
import { readBody } from '../body/document.ts'
import { readInteger, readPathNumber } from '../number.ts'
import { firstOf } from '../query.ts'
import type { Route } from '../route.ts'
import { JOB_BODY, KEY_BODY, KEYED_META_BODY, META_BODY, STOP_BODY } from './job-body.ts'
import { readKey, readReport, readStop } from './read.ts'
import {
  keyedMetaSchema,
  metaSchema,
  removeBeforeSchema,
  removeByKeySchema,
  removeSchema,
  startSchema,
  stopSchema,
  usedNodesSchema,
} from './schema.ts'
import { showJob } from './show.ts'

export interface JobParts {
  records: Records
  clock: Pick<Clock, 'now'>
}

const PARSING = 'parsing request body failed'
const DECODING = 'decoding request failed'
const NOT_FOUND_IS_422 = { not_found: 422 }

export function jobRoutes(parts: JobParts): Route[] {
  return [...reportRoutes(parts), ...metaRoutes(parts), ...removeRoutes(parts), usedNodesRoute(parts)]
}

function reportRoutes({ records, clock }: JobParts): Route[] {
  return [
    {
      methods: ['POST', 'PUT'],
      path: '/jobs/start_job/',
      schema: startSchema,
      async handle({ caller, body }, reply) {
        await records.start(caller, readReport(readBody(body, JOB_BODY, PARSING)))
        return sendJson(reply.code(201), { msg: 'success' })
      },
    },
    {
      methods: ['POST', 'PUT'],
      path: '/jobs/stop_job/',
      schema: stopSchema,
      async handle({ caller, body }, reply) {
        const record = await records.stop(caller, readStop(readBody(body, STOP_BODY, PARSING)))
        return sendJson(reply, showJob(record, { now: clock.now() }))
      },
    },
  ]
}

function metaRoutes({ records, clock }: JobParts): Route[] {
  const shown = (record: JobRecord) => showJob(record, { now: clock.now(), withMetaData: true })
  return [
    {
      methods: ['PATCH', 'POST'],
      path: '/jobs/edit_meta/:id',
      schema: metaSchema,
      async handle({ caller, params, body }, reply) {
        const id = readPathNumber(params.id!, 'parsing job ID failed')
        const { key = '', value = '' } = readBody(body, META_BODY, DECODING)
        return sendJson(reply, shown(await records.setMetaData(caller, id, key, value)))
      },
    },
    {
      methods: ['PATCH'],
      path: '/jobs/edit_meta/',
      schema: keyedMetaSchema,
      statuses: NOT_FOUND_IS_422,
      async handle({ caller, body }, reply) {
        const { payload: { key = '', value = '' } = {}, ...named } = readBody(body, KEYED_META_BODY, PARSING)
        const { id } = await records.find(caller, readKey(named))
        return sendJson(reply, shown(await records.setMetaData(caller, id, key, value)))
      },
    },
  ]
}

function removeRoutes({ records }: JobParts): Route[] {
  const remove = async (caller: Caller, id: number) => {
    const wasThere = await records.remove(caller, id)
    return { msg: wasThere ? `Successfully deleted job ${id}` : `There is no job ${id} to delete` }
  }
  return [
    {
      methods: ['DELETE'],
      path: '/jobs/delete_job/',
      schema: removeByKeySchema,
      statuses: NOT_FOUND_IS_422,
      async handle({ caller, body }, reply) {
        const { id } = await records.find(caller, readKey(readBody(body, KEY_BODY, PARSING)))
        return sendJson(reply, await remove(caller, id))
      },
    },
    {
      methods: ['DELETE'],
      path: '/jobs/delete_job/:id',
      schema: removeSchema,
      handle: async ({ caller, params }, reply) =>
        sendJson(reply, await remove(caller, readPathNumber(params.id!, 'integer expected in path for id'))),
    },
    {
      methods: ['DELETE'],
      path: '/jobs/delete_job_before/:ts',
      schema: removeBeforeSchema,
      async handle({ caller, params, query }, reply) {
        const before = readPathNumber(params.ts!, 'integer expected in path for ts') * 1000
        const count = await records.removeBefore(caller, before, readSparing(firstOf(query, 'omit-tagged')))
        return sendJson(reply, { msg: `Successfully deleted ${count} jobs` })
      },
    },
  ]
}

const SPARINGS = ['none', 'all', 'user'] as const

function readSparing(word = 'none'): (typeof SPARINGS)[number] {
  const sparing = SPARINGS.find((each) => each === word)
  if (sparing) return sparing
  throw new DomainError('invalid', `omit-tagged must be one of: ${SPARINGS.join(', ')}`)
}

function usedNodesRoute({ records }: JobParts): Route {
  return {
    methods: ['GET'],
    path: '/jobs/used_nodes',
    schema: usedNodesSchema,
    handle: async ({ caller, query }, reply) =>
      sendJson(reply, { usedNodes: await records.usedHosts(caller, readTime(firstOf(query, 'ts'))) }),
  }
}

function readTime(text: string | undefined): number {
  if (!text) throw new DomainError('invalid', 'missing required query parameter: ts')
  try {
    return readInteger(text) * 1000
  } catch (error) {
    throw new DomainError('invalid', `invalid timestamp format: ${(error as Error).message}`, {}, error)
  }
}
