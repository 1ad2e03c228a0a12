/** The routes about searches, described. */

import { bodyLike, example } from '../../../http/operation.ts'
import { describe, PAGING } from '../schema.ts'

const tag = 'files'
const REQUEST = {
  path: '/mmfs1/data',
  sites: ['dfoster1'],
  recursive: true,
  filters: { 'hsm.status': 'migrated', 'core.filename': '*.jpg' },
}
const URL = 'http://localhost:8000/api/search/1/'

export const startSearchSchema = describe({
  tag,
  id: 'startSearch',
  summary: 'Search',
  about: 'What is found stands at the url of the answer, more of it as sites answer.',
  body: bodyLike('Where to look, and for what.', REQUEST),
  answers: { 201: example('It has begun.', { id: 1, url: URL }) },
  refusals: [403],
})

export const searchSchema = describe({
  tag,
  id: 'getSearch',
  summary: 'Search Result',
  path: { id: 'The number of the search.' },
  query: PAGING,
  answers: {
    200: example('What was found so far.', {
      id: 1,
      url: URL,
      created: '2026-11-21T09:00:00.000000Z',
      complete: true,
      parameters: { ...REQUEST, metadata_fields: [], merge: false },
      count: 1,
      next: null,
      previous: null,
      results: [{ site: 'dfoster1', path: '/mmfs1/data/cat.jpg', name: 'cat.jpg', metadata: { 'core.size': 264321 } }],
    }),
  },
  refusals: [404],
})
