/**
 * `meta.json` of a run, in the spellings of all versions (cc-lib schema/job.go, and job-meta.schema.json of cc-backend 1.0 to
 * 1.4). A `description` completes the sentence "write …"; what is not here is dropped.
 */

import Type, { type Static, type TSchema } from 'typebox'
import { NAME_PATTERN } from '../cluster/schema.ts'

/** null stands for nothing, as programs in Go print it. */
const maybe = <Schema extends TSchema>(schema: Schema, description: string) =>
  Type.Optional(Type.Union([schema, Type.Null()], { description }))
const text = (description: string) => maybe(Type.String({ maxLength: 10_000 }), description)
const integer = (description: string) => maybe(Type.Integer(), description)
const number = (description: string) => maybe(Type.Number(), description)
const numbers = (description: string) => maybe(Type.Record(Type.String(), Type.Number()), description)
const either = <Schemas extends TSchema[]>(schemas: [...Schemas], description: string) =>
  Type.Union(schemas, { description })

const A_TIME = 'unix seconds, or a time such as 2026-11-21T09:00:00Z'
const TIME = either([Type.Integer(), Type.String({ maxLength: 64 })], A_TIME)
const maybeTime = maybe(TIME, A_TIME)
const RESOURCE = Type.Object(
  {
    hostname: Type.String({ minLength: 1, maxLength: 1000, description: 'the name of a host' }),
    hwthreads: maybe(Type.Array(Type.Integer()), 'a list of hardware threads'),
    accelerators: maybe(Type.Array(either([Type.String(), Type.Integer()], 'an id')), 'a list of ids'),
    configuration: text('a text'),
  },
  { description: 'an object with a hostname' },
)
const TAG = Type.Object(
  {
    type: Type.String({ maxLength: 1000, description: 'a text' }),
    name: Type.String({ maxLength: 1000, description: 'a text' }),
    scope: text('"global", "admin" or the name of a user'),
  },
  { description: 'an object with type and name' },
)
const UNIT = either(
  [Type.Object({ base: Type.String(), prefix: maybe(Type.String(), '') }), Type.String()],
  'a unit such as {"base":"B/s","prefix":"G"}',
)
const STATISTICS = Type.Object(
  { unit: Type.Optional(UNIT), avg: Type.Number(), min: Type.Number(), max: Type.Number() },
  { description: 'an object with unit, avg, min and max' },
)

export const META = Type.Object(
  {
    jobId: Type.Integer({ description: 'the number of the job' }),
    cluster: Type.String({ pattern: NAME_PATTERN, description: 'the name of a cluster' }),
    user: Type.String({ maxLength: 1000, description: "the user's name" }),
    startTime: TIME,
    duration: number('seconds'),
    stopTime: maybeTime,
    jobState: text('a state such as "completed"'),
    shared: text('"none", "single_user" or "multi_user"'),
    exclusive: integer('0 for multi_user, 1 for none, 2 for single_user'),
    ...{ subCluster: text('a text'), partition: text('a text'), project: text('a text') },
    ...{ numNodes: integer('a number'), numHwthreads: integer('a number'), numAcc: integer('a number') },
    ...{ smt: integer('a number'), arrayJobId: integer('a number'), monitoringStatus: integer('0, 1, 2 or 3') },
    ...{ walltime: number('seconds'), submitTime: maybeTime },
    requestedMemory: number('megabytes'),
    resources: Type.Array(RESOURCE, { maxItems: 1_000_000, description: 'a list of objects with a hostname' }),
    metaData: maybe(Type.Record(Type.String(), Type.Unknown()), 'an object of texts'),
    tags: maybe(Type.Array(TAG), 'a list of objects with type and name'),
    statistics: maybe(Type.Record(Type.String(), STATISTICS), 'an object of metrics with unit, avg, min and max'),
    ...{ footprint: numbers('an object of numbers'), energyFootprint: numbers('an object of numbers') },
    energy: number('kWh'),
  },
  { description: 'an object with jobId, cluster, user, startTime and resources' },
)

export type Meta = Static<typeof META>
