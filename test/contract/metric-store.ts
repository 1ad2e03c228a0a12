/** What every store of measured values must do; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MeteredCluster, MetricStore, Sample, SeriesQuery } from '../../src/metric/metric-store.ts'
import { HandClock } from '../support/clock.ts'

export interface MetricStoreUnderTest {
  /** Over what an earlier one left, if there was one; started. Retains a day, checkpoints every 10 s. */
  open(clock: HandClock): Promise<MetricStore>
  /** Forgets everything. */
  clear(): void
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const METRICS: MeteredCluster['metrics'] = [
  { name: 'load_one', timestepMs: MINUTE, aggregation: 'avg' },
  { name: 'flops_any', timestepMs: MINUTE, aggregation: 'sum' },
  { name: 'clock', timestepMs: MINUTE, aggregation: 'none' },
]
const CLUSTER: MeteredCluster = { cluster: 'emmy', metrics: METRICS }

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

const aQuery = (changes: Partial<SeriesQuery>): SeriesQuery => ({
  cluster: 'emmy',
  host: 'e0101',
  metric: 'load_one',
  level: 'node',
  ids: [],
  aggregate: false,
  from: 0,
  to: Number.MAX_SAFE_INTEGER,
  ...changes,
})

export function metricStoreContract(name: string, subject: MetricStoreUnderTest): void {
  describe(name, () => {
    let clock: HandClock
    let store: MetricStore
    let t0: number

    beforeEach(async () => {
      subject.clear()
      clock = new HandClock()
      t0 = clock.now()
      store = await subject.open(clock)
      await store.configure([CLUSTER])
    })
    afterEach(() => store.stop())

    const seconds = (minutes: number) => Math.round((t0 + minutes * MINUTE) / 1000)
    const write = (...texts: string[]) => store.write(pieces(...texts), { cluster: 'emmy' })
    const line = (minutes: number, value: string, key = 'load_one,hostname=e0101') =>
      `${key} value=${value} ${seconds(minutes)}\n`
    const aSample = (changes: Partial<Sample>): Sample => ({
      cluster: 'emmy',
      host: 'e0101',
      metric: 'load_one',
      level: 'node',
      id: '',
      at: t0,
      value: 1,
      ...changes,
    })
    const reopen = async () => {
      await store.stop()
      store = await subject.open(clock)
      await store.configure([CLUSTER])
    }
    /** As [id, first slot's time behind t0 in minutes, values]. */
    const read = async (changes: Partial<SeriesQuery>) => {
      const [answers] = await store.read([aQuery(changes)])
      return answers!.map(({ id, curve }) => [id, (curve.from - t0) / MINUTE, ...curve.values])
    }
    const refusal = (promise: Promise<unknown>) =>
      promise.then(
        () => 'nothing was refused',
        ({ code, message }) => `${code}: ${message}`,
      )
    const GAP = Number.NaN

    describe('lines', () => {
      test('are kept with their times, and a gap where none came', async () => {
        expect(await write(line(0, '1.5'), line(1, '2i'), line(3, '4u'))).toBe(3)
        expect(await read({ to: t0 + 3 * MINUTE })).toEqual([['', 0, 1.5, 2, GAP, 4]])
      })

      test('without a time are of now', async () => {
        await write('load_one,hostname=e0101 value=7')
        expect(await read({ to: t0 })).toEqual([['', 0, 7]])
      })

      test('name their cluster, or are of the default one; clusters and metrics that nobody described are passed over', async () => {
        const lines = [
          'load_one,cluster=emmy,host=e1 value=1\n',
          'load_one,host=e2 value=2\n',
          'load_one,cluster=alex,host=e3 value=3\nnope,host=e1 value=4,other="x"\n',
        ]
        expect(await store.write(pieces(...lines), { cluster: '' })).toBe(1)
        expect(await store.write(pieces(...lines), { cluster: 'emmy' })).toBe(2)
        expect(await read({ host: 'e2', to: t0 })).toEqual([['', 0, 2]])
      })

      test('that do not say where they were measured are passed over', async () => {
        const keys = [
          'load_one',
          'load_one,type=core,type-id=1',
          'load_one,host=a,type=core',
          'load_one,host=a,type=rack',
        ]
        expect(await write(...keys.map((key) => line(0, '1', key)))).toBe(0)
      })

      test('may be cut anywhere, also within a byte sequence', async () => {
        const text = Buffer.from('load_one,hostname=hö\\ st value=1.25\nload_one,hostname=e0101 value=2')
        const bytes = async function* () {
          for (const byte of text) yield Buffer.of(byte)
        }
        expect(await store.write(bytes(), { cluster: 'emmy' })).toBe(2)
        expect(await read({ host: 'hö st', to: t0 })).toEqual([['', 0, 1.25]])
      })

      test('before the first bad one are kept, and the refusal names host and reason', async () => {
        const bad = write(line(0, '1'), 'load_one,hostname=host123 val=3\n', line(1, '2'))
        expect(await refusal(bad)).toBe("invalid: host host123: unknown field: 'val' (value: 3)")
        expect(await read({ to: t0 + MINUTE })).toEqual([['', 0, 1, GAP]])
      })

      test('of a body that breaks off are kept, and the break is told', async () => {
        const broken = async function* () {
          yield Buffer.from(`${line(0, '1')}load_one,host`)
          throw new Error('the client went away')
        }
        await expect(store.write(broken(), { cluster: 'emmy' })).rejects.toThrow('the client went away')
        expect(await write(line(1, '2'))).toBe(1)
        expect(await read({ to: t0 + MINUTE })).toEqual([['', 0, 1, 2]])
      })

      test('of a long body in large chunks are all read', async () => {
        const count = 20_000
        const keys = Array.from({ length: count }, (_, index) => `load_one,hostname=h${index} value=${index}\n`)
        expect(await write(keys.join(''))).toBe(count)
        expect(await store.usage()).toMatchObject({ series: count, points: count })
        expect(await read({ host: 'h19999', to: t0 })).toEqual([['', 0, 19_999]])
      })

      test('keep parts of a socket below it, and count them for it', async () => {
        const part = (id: string, value: number) =>
          `flops_any,host=e0101,type=socket,type-id=0,stype=die,stype-id=${id} value=${value}\n`
        await write(part('0', 1), part('1', 2))
        expect(await read({ metric: 'flops_any', level: 'socket', to: t0 })).toEqual([['0', 0, 3]])
        expect(await store.describe(['emmy', 'e0101', 'socket0', 'die1'])).toHaveProperty('flops_any')
      })
    })

    describe('slots', () => {
      test('hold the last value that came for them', async () => {
        await write(line(0, '1'), line(0.2, '2'))
        expect(await read({ to: t0 })).toEqual([['', 0, 2]])
      })

      test('lie around the first value, so that its jitter neither doubles nor loses a value', async () => {
        const jitter = [0.5, 1.45, 2.55, 3.48, 4.52]
        await write(...jitter.map((minutes, index) => line(minutes, String(index))))
        expect(await read({ from: t0, to: t0 + 5 * MINUTE })).toEqual([['', 0, GAP, 0, 1, 2, 3, 4]])
      })

      test('of hosts that measure at other times line up', async () => {
        await write(line(0.3, '1'), line(1.3, '2'), line(0, '3', 'load_one,host=b'), line(1, '4', 'load_one,host=b'))
        const span = { from: t0, to: t0 + MINUTE }
        expect(await read(span)).toEqual([['', 0, 1, 2]])
        expect(await read({ ...span, host: 'b' })).toEqual([['', 0, 3, 4]])
      })

      test('go on beyond one chunk, and far jumps leave a gap without filling memory', async () => {
        clock.turn(3 * DAY)
        await store.usage()
        const minutes = [3 * 1440 - 700, 3 * 1440 - 699, 3 * 1440]
        await write(...minutes.map((minute, index) => line(minute, String(index))))
        const [[, , ...values]] = (await read({})) as [[string, number, ...number[]]]
        expect(values.slice(0, 2)).toEqual([0, 1])
        expect(values[700]).toBe(2)
        expect(values.filter((value) => !Number.isNaN(value))).toHaveLength(3)
        expect((await store.usage()).bytes).toBeLessThan(300_000)
      })

      test('before the oldest and far ahead of now are passed over', async () => {
        expect(await write(line(0, '1'), line(-5, '2'), line(10 * 1440, '3'))).toBe(1)
        expect(await read({})).toHaveLength(1)
      })

      test('between two stretches can still be filled', async () => {
        clock.turn(DAY)
        await write(line(0, '1'), line(1400, '2'), line(700, '3'))
        expect(await read({ from: t0 + 700 * MINUTE, to: t0 + 701 * MINUTE })).toEqual([['', 700, 3, GAP]])
      })
    })

    describe('curves', () => {
      beforeEach(() => {
        const cores = (metric: string) =>
          [0, 1, 2, 3].map((id) => line(0, `${id}.5`, `${metric},host=e0101,type=core,type-id=${id}`)).join('')
        return write(cores('load_one'), cores('flops_any'), cores('clock'))
      })

      test('come one an id, for those that were asked or for all', async () => {
        expect(await read({ level: 'core', ids: ['2', '0', '9'], to: t0 })).toEqual([
          ['2', 0, 2.5],
          ['0', 0, 0.5],
        ])
        expect(await read({ level: 'core', to: t0 })).toHaveLength(4)
      })

      test('are made one by the rule of the metric; NaN counts for nothing', async () => {
        await write(line(1, '8', 'load_one,host=e0101,type=core,type-id=1'))
        const core = { level: 'core', aggregate: true, to: t0 + 2 * MINUTE } as const
        expect(await read({ ...core, ids: ['0', '1'] })).toEqual([['', 0, 1, 8, GAP]])
        expect(await read({ ...core, metric: 'flops_any' })).toEqual([['', 0, 8, GAP, GAP]])
        expect(await read({ ...core, metric: 'clock' })).toEqual([])
      })

      test('of a node that has none are made of the coarsest level that has some', async () => {
        await write(
          line(0, '30', 'flops_any,host=e0101,type=socket,type-id=0'),
          line(0, '40', 'flops_any,host=e0101,type=socket,type-id=1'),
        )
        expect(await read({ metric: 'flops_any', aggregate: true, to: t0 })).toEqual([['', 0, 70]])
        expect(await read({ metric: 'flops_any', to: t0 })).toEqual([])
        expect(await read({ metric: 'load_one', aggregate: true, to: t0 })).toEqual([['', 0, 2]])
      })

      test("of a run's processes are no part of their node", async () => {
        store.put([aSample({ level: 'job', id: 'run-1', metric: 'flops_any', host: 'b', value: 9 })])
        expect(await read({ metric: 'flops_any', host: 'b', aggregate: true, to: t0 })).toEqual([])
        expect(await read({ metric: 'flops_any', host: 'b', level: 'job', ids: ['run-1'], to: t0 })).toEqual([
          ['run-1', 0, 9],
        ])
      })

      test('come in the order of the queries; what nobody measured is empty', async () => {
        const answers = await store.read([
          aQuery({ host: 'nobody' }),
          aQuery({ metric: 'nothing' }),
          aQuery({ level: 'core', ids: ['3'], to: t0 }),
          aQuery({ cluster: 'nowhere' }),
          aQuery({ level: 'core', from: t0 + DAY, to: t0 + 2 * DAY }),
        ])
        expect(answers.map(({ length }) => length)).toEqual([0, 0, 1, 0, 0])
      })

      test('of an absurd span end where the values do', async () => {
        const [[, from, ...values]] = (await read({ level: 'core', ids: ['0'], from: 0 })) as [[string, ...number[]]]
        expect(from).toBe(0)
        expect(values.length).toBeLessThanOrEqual(513)
      })
    })

    test('what is no longer described is dropped, the rest stays', async () => {
      await write(line(0, '1'), line(0, '2', 'flops_any,host=e0101'), line(0, '3', 'clock,host=e0101'))
      const [load, flops] = METRICS
      await store.configure([{ cluster: 'emmy', metrics: [load!, { ...flops!, timestepMs: 1000 }] }])
      expect(await store.usage()).toMatchObject({ series: 1 })
      expect(await read({ to: t0 })).toEqual([['', 0, 1]])
      expect(await write(line(1, '5', 'flops_any,host=e0101'), line(1, '3', 'clock,host=e0101'))).toBe(1)
    })

    describe('freeing', () => {
      test('drops whole stretches below the selectors and says how many', async () => {
        await write(line(0, '1'), line(0, '2', 'load_one,host=b'), line(0, '3', 'load_one,host=b,type=core,type-id=7'))
        expect(await store.free(t0 - MINUTE, [])).toBe(0)
        expect(await store.free(t0 + DAY, [['emmy', 'b', 'core7']])).toBe(1)
        expect(await read({ host: 'b', level: 'core', to: t0 })).toEqual([])
        expect(await store.free(t0 + DAY, [['emmy', 'b'], ['emmy']])).toBe(2)
        expect(await store.usage()).toMatchObject({ series: 0, points: 0 })
      })

      test('goes by age each interval, but for hosts on which jobs run', async () => {
        await write(line(0, '1'), line(0, '2', 'load_one,host=b'))
        store.retain({ emmy: ['b'] })
        clock.turn(2 * DAY)
        expect(await read({})).toEqual([])
        expect(await read({ host: 'b' })).toHaveLength(1)
      })

      test('leaves room for new values of the same series', async () => {
        await write(line(0, '1'))
        await store.free(t0 + DAY, [])
        expect(await write(line(1, '2'))).toBe(1)
        expect(await read({ to: t0 + MINUTE })).toEqual([['', 1, 2]])
      })
    })

    test('a description has every stretch, nested by place; what is not there is not found', async () => {
      await write(line(0, '1'), line(9, '1'), line(0, '3', 'load_one,host=e0101,type=core,type-id=7'))
      const stretch = { start: seconds(-0.5), len: 10, end: seconds(9.5) }
      const host = { load_one: [stretch], core7: { load_one: [{ ...stretch, len: 1, end: seconds(0.5) }] } }
      expect(await store.describe(['emmy', 'e0101'])).toEqual(host)
      expect(await store.describe([])).toEqual({ emmy: { e0101: host } })
      expect(await refusal(store.describe(['nope', 'x']))).toContain('not_found: ')
    })

    test('health tells what is missing and what is stale', async () => {
      await write(line(0, '1'), line(0, '2', 'flops_any,host=e0101,type=core,type-id=0'))
      const names = ['load_one', 'flops_any']
      const health = () => store.health('emmy', ['e0101', 'b'], [...names])
      expect(await health()).toEqual([
        { host: 'e0101', state: 'full', missing: [], stale: [] },
        { host: 'b', state: 'failed', missing: names, stale: [] },
      ])
      clock.turn(10 * MINUTE)
      await write(line(10, '1'))
      expect((await health())[0]).toEqual({ host: 'e0101', state: 'partial', missing: [], stale: ['flops_any'] })
    })

    describe('a checkpoint', () => {
      test('brings everything back, also places, and what was freed stays away', async () => {
        await write(line(0, '1'), line(1, '2'), line(0, '3', 'flops_any,host=b,type=core,type-id=7'))
        store.put([aSample({ level: 'job', id: 'run-1', value: 9 })])
        await write(line(0, '1', 'load_one,host=away'))
        await store.free(t0 + DAY, [['emmy', 'away']])
        await store.checkpoint()
        await reopen()
        expect(await read({ to: t0 + MINUTE })).toEqual([['', 0, 1, 2]])
        expect(await read({ host: 'b', metric: 'flops_any', level: 'core', to: t0 })).toEqual([['7', 0, 3]])
        expect(await read({ level: 'job', ids: ['run-1'], to: t0 })).toEqual([['run-1', 0, 9]])
        expect(await read({ host: 'away' })).toEqual([])
      })

      test('goes on over several starts', async () => {
        for (let round = 0; round < 20; round += 1) {
          await write(line(round, String(round)))
          await reopen()
          clock.turn(10_000)
        }
        const [[, , ...values]] = (await read({ to: t0 + 19 * MINUTE })) as [[string, number, ...number[]]]
        expect(values).toEqual(Array.from({ length: 20 }, (_, round) => round))
      })
    })

    test('who comes after the end, or asks twice for it, hears so', async () => {
      await store.stop()
      await store.stop()
      expect(await refusal(store.usage())).toContain('unavailable: ')
      expect(await refusal(write(line(0, '1')))).toContain('unavailable: ')
    })
  })
}
