import { expect, test } from 'vitest'
import { resampleMetric, thinned } from '../../../src/metric/resample.ts'
import { aMetric, aSeries, wildSeries } from '../../support/curves.ts'

const sine = Array.from({ length: 1000 }, (_, index) => Math.sin(index / 50))

test('a curve keeps its ends and its extremes', () => {
  const values = Float64Array.from(sine)
  values[333] = 40
  values[777] = -40
  const thin = thinned(values, 50)
  expect(thin).toHaveLength(50)
  expect([thin[0], thin.at(-1)]).toEqual([values[0], values.at(-1)])
  expect([Math.max(...thin), Math.min(...thin)]).toEqual([40, -40])
})

test('what is left stands in the order in which it was measured', () => {
  const thin = thinned(
    Float64Array.from({ length: 1000 }, (_, index) => index),
    30,
  )
  expect([...thin]).toEqual([...thin].toSorted((a, b) => a - b))
  expect(new Set(thin).size).toBe(30)
})

test('a long gap stays a gap, and a short one does not swallow its neighbours', () => {
  const values = Float64Array.from(sine)
  values.fill(Number.NaN, 400, 600)
  values[100] = Number.NaN
  const thin = [...thinned(values, 100)]
  const gaps = thin.flatMap((value, index) => (Number.isNaN(value) ? [index] : []))
  expect(gaps.length).toBeGreaterThan(17)
  expect(gaps.length).toBeLessThan(22)
  expect(gaps.every((index) => index >= 40 && index <= 60)).toBe(true)
})

test('a curve without any value is thinned to one without any', () => {
  const thin = thinned(new Float64Array(1000).fill(Number.NaN), 20)
  expect(thin).toHaveLength(20)
  expect(thin.every(Number.isNaN)).toBe(true)
})

test('all curves of a metric are thinned alike, and the timestep grows by as much', () => {
  const series = [aSeries('a', sine), wildSeries('b', 1000), wildSeries('c', 500)]
  const all = Float64Array.from(sine)
  const metric = aMetric({ series, statisticsSeries: { mean: all, median: all, min: all, max: all } })
  const thin = resampleMetric(metric, 200)
  expect(thin.timestepSeconds).toBe(300)
  expect(thin.series.map(({ values }) => values.length)).toEqual([200, 200, 100])
  expect(thin.statisticsSeries?.median).toHaveLength(200)
  expect(thin.series[0]!.statistics).toEqual(series[0]!.statistics)
})

test('a metric with few enough values stays as it is', () => {
  const metric = aMetric({ series: [aSeries('a', sine)] })
  expect(resampleMetric(metric, 1000)).toBe(metric)
  expect(resampleMetric(metric, 0).series[0]!.values).toHaveLength(10)
  const short = aMetric({ series: [aSeries('a', [1, 2, 3])] })
  expect(resampleMetric(short, 1)).toBe(short)
  expect(resampleMetric(aMetric({ series: [] }), 5).series).toEqual([])
})

test('any length and any number of points make a curve of that many points', () => {
  for (const length of [3, 4, 5, 11, 99, 100, 101])
    for (let count = 0; count <= length + 1; count++)
      expect(thinned(wildSeries('a', length).values, count)).toHaveLength(Math.min(count, length))
})
