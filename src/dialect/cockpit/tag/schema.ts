/** The routes about tags, described. */

import { bodyLike, example, textAnswer } from '../../../http/operation.ts'
import { A_JOB } from '../job/example.ts'
import { describe, ID } from '../schema.ts'

const TAGS = [{ type: 'app', name: 'gromacs', scope: 'global' }]
const BODY = bodyLike('Tags as objects; without `scope` it is global.', TAGS)
const tag = 'tags'

const OF_A_RUN = {
  tag,
  path: ID,
  body: BODY,
  answers: { 200: example('The run with its tags.', A_JOB) },
  refusals: [400, 401, 403, 404, 413, 503],
}

export const tagSchema = describe({
  ...OF_A_RUN,
  id: 'tagJob',
  summary: 'Tag a run',
  about: 'A tag that the run has already is no error.',
})

export const untagSchema = describe({
  ...OF_A_RUN,
  id: 'untagJob',
  summary: 'Take tags from a run',
  about: 'Only tags of the scopes global and admin; others are passed over.',
})

export const removeTagsSchema = describe({
  tag,
  id: 'removeTags',
  summary: 'Take tags from every run',
  body: BODY,
  answers: { 200: textAnswer('How many there were.', 'Deleted Tags from DB: 1 successfull of 2 requested\n') },
  refusals: [400, 401, 403, 404, 413, 503],
})

export const tagListSchema = describe({
  tag,
  id: 'listTags',
  summary: 'Tags that one may see, with how many runs have each',
  answers: { 200: example('All of them.', [{ id: 3, type: 'app', name: 'gromacs', scope: 'global', count: 12 }]) },
  refusals: [401, 503],
})
