/**
 * `cluster.json` as ClusterCockpit has it (cc-lib schema/schemas/cluster.schema.json). A `description` completes the
 * sentence "write …"; keys that are not here are passed over, as are units and accelerators beyond the schema's own lists,
 * since files in use have them.
 */

import Type, { type Static, type TSchema } from 'typebox'
import { SCOPES } from '../metric.ts'

/** A folder of the archive has the cluster's name. */
export const NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'

const name = Type.String({ pattern: NAME_PATTERN, description: 'a name of at most 64 letters, digits and . _ -' })
const text = (description: string) => Type.String({ maxLength: 10_000, description })
const number = (description: string) => Type.Number({ description })
const count = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description })
const flag = (description: string) => Type.Boolean({ description })
/** null and "" stand for none, as programs in Go print it. */
const word = <Word extends string>(words: readonly Word[], description: string) =>
  Type.Union([Type.Enum(['', ...words]), Type.Null()], { description })
const list = <Item extends TSchema>(items: Item, description: string, minItems = 0) =>
  Type.Array(items, { minItems, maxItems: 10_000, description })
const object = <Properties extends Record<string, TSchema>>(properties: Properties, description: string) =>
  Type.Object(properties, { description })
const maybe = Type.Optional

const UNIT = object(
  {
    base: text('a unit such as "B/s", "F/s", "W" or ""'),
    prefix: maybe(Type.Union([text(''), Type.Null()], { description: '"K", "M", "G", "T", "P", "E" or nothing' })),
  },
  'a unit such as {"base":"B/s","prefix":"G"}',
)
const PEAK_RATE = object(
  { unit: UNIT, value: number('a number') },
  'a rate such as {"unit":{"base":"F/s","prefix":"G"},"value":432}',
)
const JUDGEMENT = {
  footprint: maybe(word(['avg', 'min', 'max'], '"avg", "min" or "max", or leave it out')),
  energy: maybe(word(['power', 'energy'], '"power" for watts or "energy" for joules, or leave it out')),
  lowerIsBetter: maybe(flag('true when small values are the good ones')),
  restrict: maybe(flag('true to hide the metric from plain users')),
}
const peak = number('the greatest value that a node can reach')
const normal = number('the value of a job that runs well')
const caution = number('the value from which on a job deserves a look')
const alert = number('the value from which on something is wrong')

const OVERRIDE = object(
  {
    name,
    ...JUDGEMENT,
    peak: maybe(peak),
    normal: maybe(normal),
    caution: maybe(caution),
    alert: maybe(alert),
    remove: maybe(flag('true when the subcluster does not have the metric')),
  },
  'an object with the name of a subcluster and what differs there',
)
const METRIC = object(
  {
    name,
    unit: UNIT,
    scope: Type.Enum([...SCOPES], { description: SCOPES.map((scope) => `"${scope}"`).join(', ') }),
    timestep: Type.Integer({ minimum: 1, maximum: 86_400, description: 'the seconds between two values, such as 60' }),
    aggregation: maybe(word(['sum', 'avg', 'none'], '"sum" or "avg"')),
    ...JUDGEMENT,
    ...{ peak, normal, caution, alert },
    subClusters: maybe(Type.Union([list(OVERRIDE, ''), Type.Null()], { description: 'a list of objects with a name' })),
  },
  'a metric: an object with name, unit, scope, timestep, aggregation, peak, normal, caution and alert',
)

const threads = list(
  Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'the number of a hardware thread' }),
  'a list of hardware threads such as [0,1]',
)
const GROUPS = 'lists of hardware threads such as [[0,1],[2,3]]'
const groups = list(threads, GROUPS)
const maybeGroups = maybe(Type.Union([groups, Type.Null()], { description: GROUPS }))
const ACCELERATOR = object(
  {
    id: text('the id that the collector sends, such as "00000000:01:00.0"'),
    type: text('"Nvidia GPU", "AMD GPU" or "Intel GPU"'),
    model: text('a model such as "A100"'),
  },
  'an object with id, type and model',
)
const TOPOLOGY = object(
  {
    node: threads,
    socket: groups,
    memoryDomain: groups,
    die: maybeGroups,
    core: maybeGroups,
    accelerators: maybe(
      Type.Union([list(ACCELERATOR, ''), Type.Null()], { description: 'a list of objects with id, type and model' }),
    ),
  },
  'an object with node, socket, memoryDomain and core',
)
const SUBCLUSTER = object(
  {
    name,
    nodes: Type.String({ description: 'a host list such as "emmy[01-99]", or "*" for all hosts' }),
    processorType: text('a model such as "Intel Icelake"'),
    socketsPerNode: count('a number of sockets'),
    coresPerSocket: count('a number of cores'),
    threadsPerCore: count('a number of hardware threads'),
    flopRateScalar: PEAK_RATE,
    flopRateSimd: PEAK_RATE,
    memoryBandwidth: PEAK_RATE,
    topology: TOPOLOGY,
  },
  'a subcluster: an object with name, nodes, processorType, topology and the numbers of a node',
)

export const CLUSTER = object(
  {
    name,
    metricConfig: list(METRIC, 'a list of at least one metric', 1),
    subClusters: list(SUBCLUSTER, 'a list of at least one subcluster', 1),
  },
  'an object with name, metricConfig and subClusters',
)

export type ClusterSource = Static<typeof CLUSTER>
export type MetricSource = Static<typeof METRIC>
export type OverrideSource = Static<typeof OVERRIDE>
export type SubClusterSource = Static<typeof SUBCLUSTER>
export type UnitSource = Static<typeof UNIT>
