/** Curves as text, piece by piece: two decimals, null where nothing was measured (spec/cockpit.md 1.7). */

import type { JobMetric, Series, Statistics, StatisticsSeries } from '../../../metric/metric.ts'
import { decimalsText, decimalText } from './decimals.ts'
import { showUnit } from './show.ts'

/** The member `Data` of `GET /jobs/{id}`: by metric, then by scope. */
export function* curvesByMetric(metrics: readonly JobMetric[]): Generator<string> {
  const byName = Map.groupBy(metrics, ({ metric }) => metric)
  let separator = ''
  yield '{'
  for (const [name, scopes] of byName) {
    yield `${separator}${JSON.stringify(name)}:{`
    separator = ','
    for (const [index, metric] of scopes.entries()) {
      yield `${index === 0 ? '' : ','}${JSON.stringify(metric.scope)}:`
      yield* curveText(metric)
    }
    yield '}'
  }
  yield '}'
}

/** A list of `{metric, name, scope}`; `jobs/metrics/{id}` says the names first, which is all the difference. */
export function* curveList(metrics: readonly JobMetric[]): Generator<string> {
  yield '['
  for (const [index, metric] of metrics.entries()) {
    const { metric: name, scope } = metric
    yield `${index === 0 ? '' : ','}{"name":${JSON.stringify(name)},"scope":${JSON.stringify(scope)},"metric":`
    yield* curveText(metric)
    yield '}'
  }
  yield ']'
}

function* curveText({ unit, series, timestepSeconds, statisticsSeries }: JobMetric): Generator<string> {
  yield `{"unit":${JSON.stringify(showUnit(unit))},"series":[`
  for (const [index, each] of series.entries()) yield (index === 0 ? '' : ',') + seriesText(each)
  yield `],"timestep":${timestepSeconds}`
  if (statisticsSeries) yield `,"statisticsSeries":${statisticsSeriesText(statisticsSeries)}`
  yield '}'
}

function seriesText({ hostname, id, statistics, values }: Series): string {
  const name = `"hostname":${JSON.stringify(hostname)}${id === null ? '' : `,"id":${JSON.stringify(id)}`}`
  return `{${name},"statistics":${statisticsText(statistics)},"data":${decimalsText(values)}}`
}

function statisticsText(statistics: Statistics | null): string {
  const { min, avg, max } = statistics ?? { min: Number.NaN, avg: Number.NaN, max: Number.NaN }
  return `{"min":${decimalText(min)},"avg":${decimalText(avg)},"max":${decimalText(max)}}`
}

function statisticsSeriesText({ mean, median, min, max }: StatisticsSeries): string {
  const parts = Object.entries({ mean, median, min, max }).map(([name, values]) => `"${name}":${decimalsText(values)}`)
  return `{${parts.join(',')}}`
}
