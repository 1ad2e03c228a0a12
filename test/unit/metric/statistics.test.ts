import { describe, expect, test } from 'vitest'
import type { MetricConfig } from '../../../src/metric/cluster/cluster.ts'
import { energyOf } from '../../../src/metric/energy.ts'
import { footprintOf } from '../../../src/metric/footprint.ts'
import { jobStatistics, statisticsOf } from '../../../src/metric/statistics.ts'
import { statisticsSeriesOf, withStatisticsSeries } from '../../../src/metric/statistics-series.ts'
import { aMetric, aSeries, wildSeries } from '../../support/curves.ts'

const LOAD: MetricConfig = {
  ...{ name: 'cpu_load', unit: { base: '', prefix: '' }, scope: 'node', timestepSeconds: 60, aggregation: 'avg' },
  ...{ peak: 8, normal: 8, caution: 4, alert: 2, footprint: 'avg', energy: null },
  ...{ lowerIsBetter: false, restrict: false },
}
const kwh = (fields: Partial<MetricConfig>, numbers: (number | null)[][], hours = 2) => {
  const metric = { ...LOAD, ...fields }
  const curve = aMetric({
    unit: metric.unit,
    series: numbers.map((values, index) => aSeries(`n${index}`, values)),
  })
  return energyOf({ metrics: [metric], curves: [curve], numNodes: numbers.length, durationMs: hours * 3_600_000 })
    .energy
}

test('gaps count neither as values nor as zero', () => {
  expect(statisticsOf(Float64Array.of(Number.NaN, 4, Number.NaN, 2, Number.POSITIVE_INFINITY))).toEqual({
    ...{ min: 2, avg: 3, max: 4 },
  })
  expect(statisticsOf(Float64Array.of(Number.NaN))).toBeNull()
  expect(statisticsOf(new Float64Array())).toBeNull()
})

test('a job has the mean of its nodes’ means, and their least and greatest, with two decimals', () => {
  const load = aMetric({ series: [aSeries('a', [1, 1, 1, 2]), aSeries('b', [3.333, 3.333]), aSeries('c', [null])] })
  const perCore = aMetric({ metric: 'ipc', scope: 'core', series: [aSeries('a', [1], '0')] })
  const silent = aMetric({ metric: 'mem_bw', series: [aSeries('a', [null])] })
  expect(jobStatistics([load, perCore, silent])).toEqual({
    cpu_load: { unit: { base: '', prefix: '' }, min: 1, avg: 2.29, max: 3.33 },
  })
})

test('a footprint has the statistic that the cluster marks, under its name', () => {
  const unit = { base: '', prefix: '' }
  const metrics = [
    LOAD,
    { ...LOAD, name: 'mem_used', footprint: 'max' as const },
    { ...LOAD, name: 'x', footprint: null },
  ]
  const statistics = { cpu_load: { unit, min: 0, avg: 0, max: 3 }, mem_used: { unit, min: 1, avg: 2, max: 3 } }
  expect(footprintOf(metrics, statistics)).toEqual({ cpu_load_avg: 0, mem_used_max: 3 })
  expect(footprintOf(metrics, {})).toEqual({})
})

describe('energy in kWh', () => {
  test('of power is its mean, times nodes, times hours', () => {
    expect(
      kwh({ energy: 'power' }, [
        [200, 300],
        [250, null],
      ]),
    ).toBe(1)
    expect(kwh({ energy: 'power', unit: { base: 'W', prefix: 'K' } }, [[1]])).toBe(2)
  })

  test('of a counter is what it went up, also over a new beginning at zero', () => {
    expect(
      kwh({ energy: 'energy' }, [
        [1_000_000, null, 4_600_000],
        [7, 3_600_007],
      ]),
    ).toBe(2)
    expect(kwh({ energy: 'energy', unit: { base: 'J', prefix: 'M' } }, [[100, 103.6, 0, 3.6]])).toBe(2)
  })

  test('is none where nothing was measured', () => {
    expect(kwh({ energy: 'power' }, [[null]])).toBe(0)
    expect(kwh({ energy: 'energy' }, [[null], [5]])).toBe(0)
    expect(kwh({ energy: null }, [[5]])).toBe(0)
  })

  test('is the sum of all its metrics, and known of each', () => {
    const cpu = { ...LOAD, name: 'cpu_power', energy: 'power' as const }
    const curves = ['cpu_power', 'mem_power'].map((metric) => aMetric({ metric, series: [aSeries('a', [500])] }))
    const metrics = [cpu, { ...cpu, name: 'mem_power' }, { ...cpu, name: 'acc_power' }]
    expect(energyOf({ metrics, curves, numNodes: 1, durationMs: 3_600_000 })).toEqual({
      energyFootprint: { cpu_power: 0.5, mem_power: 0.5 },
      energy: 1,
    })
  })
})

describe('a statistics series', () => {
  test('has mean, median, least and greatest of each moment', async () => {
    const series = [aSeries('a', [1, null, 5]), aSeries('b', [2, null]), aSeries('c', [6, 7])]
    const { mean, median, min, max } = await statisticsSeriesOf(series)
    expect([...mean]).toEqual([3, 7, 5])
    expect([...median]).toEqual([2, 7, 5])
    expect([...min]).toEqual([1, 7, 5])
    expect([...max]).toEqual([6, 7, 5])
  })

  test('has a gap where no series has a value, and the middle of two where their number is even', async () => {
    const { median } = await statisticsSeriesOf([aSeries('a', [null, 1]), aSeries('b', [null, 2])])
    expect([...median]).toEqual([Number.NaN, 1.5])
  })

  test('is added from eight series on, once', async () => {
    const series = Array.from({ length: 8 }, (_, index) => wildSeries(`n${index}`, 20))
    const few = aMetric({ series: series.slice(1) })
    expect(await withStatisticsSeries(few)).toBe(few)
    const many = await withStatisticsSeries(aMetric({ series }))
    expect(many.statisticsSeries?.mean).toHaveLength(20)
    expect(await withStatisticsSeries(many)).toBe(many)
  })

  test('leaves others their turn while a thousand nodes are summed up', async () => {
    const series = Array.from({ length: 1000 }, (_, index) => aSeries(`n${index}`, new Array(1000).fill(index)))
    let turns = 0
    const ticking = setInterval(() => (turns += 1), 1)
    const { median } = await statisticsSeriesOf(series)
    clearInterval(ticking)
    expect(median[999]).toBe(499.5)
    expect(turns).toBeGreaterThan(2)
  })
})
