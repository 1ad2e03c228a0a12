/** What a run is a case of, by the rules of `jobclasses/*.json` over its statistics: tags jobClass/TAG, and hints. */

import { messageOf } from '../../../base/errors.ts'
import type { JobRecord } from '../../../job/record.ts'
import type { MetricConfig } from '../../../metric/cluster/cluster.ts'
import { type ClassRule, judge, type Verdict } from './class-rule.ts'
import type { RuleScope } from './expression.ts'

/** `report` hears of rules that cannot be computed for this run. */
export function classesOf(
  rules: readonly ClassRule[],
  record: JobRecord,
  metrics: readonly MetricConfig[],
  report: (rule: ClassRule, reason: string) => void,
): Verdict[] {
  const measured = measuredOf(record, metrics)
  const facts = { ...measured, job: jobOf(record) }
  return rules
    .filter((rule) => rule.metrics.every((name) => Object.hasOwn(measured, name)))
    .flatMap((rule) => {
      try {
        return judge(rule, facts) ?? []
      } catch (error) {
        report(rule, messageOf(error))
        return []
      }
    })
}

/** As the reference has it, and below the line what rules of ours ask for. */
function jobOf(record: JobRecord): RuleScope {
  return {
    shared: record.shared,
    duration: record.durationMs / 1000,
    numCores: record.numHwthreads,
    numNodes: record.numNodes,
    jobState: record.state,
    numAcc: record.numAcc,
    smt: record.smt,
    walltime: record.walltimeMs / 1000,
    requestedMemoryMb: record.requestedMemoryMb,
    origin: record.origin,
  }
}

function measuredOf({ statistics }: JobRecord, metrics: readonly MetricConfig[]): RuleScope {
  const entries = metrics.flatMap(({ name, peak, normal, caution, alert }) => {
    const of = statistics?.[name]
    return of
      ? [[name, { min: of.min, avg: of.avg, max: of.max, limits: { peak, normal, caution, alert } }] as const]
      : []
  })
  return Object.fromEntries(entries)
}
