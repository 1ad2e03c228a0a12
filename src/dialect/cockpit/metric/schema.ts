/** The routes of the metric store, described. */

import Type from 'typebox'
import { bodyLike, example, noAnswer, textAnswer } from '../../../http/operation.ts'
import { describe } from '../schema.ts'

const tag = 'metrics'

export const writeSchema = describe({
  tag,
  id: 'writeMetrics',
  summary: 'Measured values as line protocol',
  about:
    'Read as it comes, of any length, also with `Content-Encoding: gzip`. Metrics that no cluster has are passed over. The first line that cannot be read ends the reading; what stood before it is kept.',
  query: { cluster: 'For lines without the tag `cluster`.' },
  body: Type.String({
    description: 'One value a line; the time in s, ms, us or ns, now where absent.',
    examples: ['load_one,cluster=fritz,hostname=f0726,type=node value=1.14 1795238185'],
  }),
  consumes: ['text/plain'],
  answers: { 200: noAnswer('All lines were read.') },
  refusals: [400, 401, 413, 503],
})

export const freeSchema = describe({
  tag,
  id: 'freeMetrics',
  summary: 'Drop old values from memory',
  query: { to: 'Unix seconds; what is older goes. Required.' },
  body: bodyLike('Branches of cluster, host, part; everything for an empty list.', [['fritz', 'f0726']]),
  answers: { 200: textAnswer('How many buffers went.', 'buffers freed: 12') },
  refusals: [400, 401, 403, 413, 503],
})

export const debugSchema = describe({
  tag,
  id: 'describeMetrics',
  summary: 'Which values are in memory',
  query: { selector: '`CLUSTER:HOST:PART`; everything where absent.' },
  answers: {
    200: example('Buffers by metric.', { data: { load_one: [{ start: 1795238160, len: 10, end: 1795238760 }] } }),
  },
  refusals: [400, 401, 403, 503],
})
