/** The words of measuring: scopes, units, one curve, the curves of a job. Pure data. */

/** From coarse to fine, `accelerator` apart (cc-lib schema/metrics.go). */
export const SCOPES = ['node', 'socket', 'memoryDomain', 'core', 'hwthread', 'accelerator'] as const
export type Scope = (typeof SCOPES)[number]

/** What a series can be measured on: a scope, or the process tree of one run on a host (`job`, by the record's key). */
export type Level = Scope | 'job'

/** How values of children make one of their parent. */
export type Aggregation = 'sum' | 'avg' | 'none'

export interface Unit {
  base: string
  /** '' or K, M, G, T, P, E. */
  prefix: string
}

export interface Statistics {
  min: number
  avg: number
  max: number
}

/** Values at even distances; NaN where nothing was measured. */
export interface Curve {
  /** Of the first value, unix milliseconds. */
  from: number
  timestepMs: number
  values: Float64Array
}

export interface Series {
  hostname: string
  /** Which socket, core, ... of the host; null at scope node. */
  id: string | null
  /** Null where no value was measured. */
  statistics: Statistics | null
  values: Float64Array
}

/** Over many series, value by value. */
export interface StatisticsSeries {
  mean: Float64Array
  median: Float64Array
  min: Float64Array
  max: Float64Array
}

/** The curves of one metric of a job at one scope. */
export interface JobMetric {
  metric: string
  scope: Scope
  unit: Unit
  timestepSeconds: number
  series: readonly Series[]
  statisticsSeries: StatisticsSeries | null
}
