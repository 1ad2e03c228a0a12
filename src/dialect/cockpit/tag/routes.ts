/** Tags on and off (spec/cockpit.md 1.9). */

import type { Records } from '../../../engine/record/records.ts'
import { unknownTag } from '../../../engine/record/tagging.ts'
import type { TagName } from '../../../job/record.ts'
import { sendJson, sendText } from '../answer.ts'
import { readBody } from '../body/document.ts'
import type { JobParts } from '../job/routes.ts'
import { showJob } from '../job/show.ts'
import { readPathNumber } from '../number.ts'
import type { Route } from '../route.ts'
import { removeTagsSchema, tagListSchema, tagSchema, untagSchema } from './schema.ts'
import { readTags, TAGS_BODY } from './tag-body.ts'

const readId = (text: string) => readPathNumber(text, 'parsing job ID failed')
const readList = (body: unknown) => readTags(readBody(body, TAGS_BODY, 'decoding request failed'))

export function tagRoutes({ records, clock }: JobParts): Route[] {
  return [
    {
      methods: ['POST', 'PATCH'],
      path: '/jobs/tag_job/:id',
      schema: tagSchema,
      async handle({ caller, params, body }, reply) {
        const record = await records.tag(caller, readId(params.id!), readList(body))
        return sendJson(reply, showJob(record, { now: clock.now() }))
      },
    },
    {
      methods: ['DELETE'],
      path: '/jobs/tag_job/:id',
      schema: untagSchema,
      async handle({ caller, params, body }, reply) {
        const record = await records.untag(caller, readId(params.id!), readList(body).filter(isShared))
        return sendJson(reply, showJob(record, { now: clock.now() }))
      },
    },
    {
      methods: ['DELETE'],
      path: '/tags/',
      schema: removeTagsSchema,
      async handle({ caller, body }, reply) {
        const tags = readList(body)
        const removed = await records.removeTags(caller, tags)
        if (removed === 0 && tags.length > 0) throw unknownTag(tags[0]!)
        return sendText(reply, `Deleted Tags from DB: ${removed} successfull of ${tags.length} requested\n`)
      },
    },
  ]
}

/** Ours, for the console: there is no such request in the reference. */
export function tagListRoute(records: Records): Route {
  return {
    methods: ['GET'],
    path: '/tags/',
    schema: tagListSchema,
    handle: async ({ caller }, reply) => sendJson(reply, await records.tags(caller)),
  }
}

/** A person's own tag is his to take away, not a program's (spec/cockpit.md 1.9). */
function isShared({ scope }: TagName): boolean {
  return scope === 'global' || scope === 'admin'
}
