/** The route about files, described. */

import { example } from '../../../http/operation.ts'
import { describe } from '../schema.ts'

const A_FILE = {
  type: 'file',
  size: 264321,
  status: 'migrated',
  resident_size: 0,
  ctime: '2026-11-21T09:00:00.000000Z',
  mtime: '2026-11-20T14:00:00.000000Z',
  atime: '2026-11-21T08:00:00.000000Z',
  mode: '0644',
  uid: 1000,
  gid: 1000,
}

export const filesSchema = describe({
  tag: 'files',
  id: 'listFiles',
  summary: 'File Browser',
  about: 'What stands at a path of a site, and what is in it, with the rights of the caller.',
  query: {
    path: 'The path; needed.',
    site: 'The name of the site; needed.',
    details: '`true` shows everything of what is in the folder.',
    restricted: '`true` shows hidden entries too.',
    type: '`file` or `directory`.',
    page: 'The page, from 1.',
    page_size: 'From 20 to 100; 0 for all.',
  },
  answers: {
    200: example('What stands there.', {
      url: 'http://localhost:8000/api/file/?path=%2Fmmfs1%2Fdata&site=dfoster1&details=false&restricted=false',
      site: 'dfoster1',
      path: '/mmfs1/data',
      ...A_FILE,
      type: 'directory',
      status: 'resident',
      count: 1,
      next: null,
      previous: null,
      children: [
        {
          name: 'sample_data.tgz',
          path: '/mmfs1/data/sample_data.tgz',
          type: 'file',
          size: 264321,
          status: 'migrated',
        },
      ],
    }),
  },
  refusals: [400, 403, 404],
})
