import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Checkpoints } from '../../../../src/metric/memory/checkpoint/checkpoints.ts'
import { Tree } from '../../../../src/metric/memory/tree.ts'
import { testFolder } from '../../../support/folder.ts'

const STEP = 1000
const NOW = 1_795_238_185_000
const MEGABYTE = 1 << 20

function openIn(directory: string, limitBytes = 256 * MEGABYTE) {
  const tree = new Tree()
  tree.now = NOW
  const reports: (string | null)[] = []
  const checkpoints = new Checkpoints({ directory, tree, limitBytes, report: (trouble) => reports.push(trouble) })
  checkpoints.load()
  tree.configure([{ cluster: 'c', metrics: [{ name: 'm', timestepMs: STEP, aggregation: 'avg' }] }])
  const write = (host: string, from: number, count: number) => {
    const series = tree.series({ cluster: 'c', host, level: 'node', id: '' }, 'm')!
    for (let index = from; index < from + count; index += 1) {
      const at = NOW - 1e8 + index * STEP
      if (tree.keep(series, at, index)) checkpoints.add(series, at, index)
    }
  }
  return { tree, checkpoints, reports, write }
}

/** The values of a host, without gaps. */
function valuesOf({ tree }: { tree: Tree }, host: string): number[] {
  const series = [...tree.every()].filter(({ place }) => place.host === host)
  const values = series.flatMap(({ chunks }) => chunks.flatMap((chunk) => [...chunk.values.subarray(0, chunk.used)]))
  return values.filter((value) => !Number.isNaN(value))
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const aDirectory = () => join(testFolder(), 'checkpoints')

describe('checkpoints', () => {
  test('hold what was flushed, not what was torn at the end', async () => {
    const directory = aDirectory()
    const first = openIn(directory)
    first.write('a', 0, 700)
    await first.checkpoints.checkpoint()
    first.write('a', 700, 100)
    await first.checkpoints.close()
    const [log] = readdirSync(directory)
    const path = join(directory, log!)
    truncateSync(path, readFileSync(path).length - 5)
    appendFileSync(path, 'what another disk block held')
    const second = openIn(directory)
    expect(valuesOf(second, 'a')).toEqual(upTo(700))
    expect(second.reports).toEqual([])
  })

  test('become one snapshot after many logs, with everything in it and nothing beside it', async () => {
    const directory = aDirectory()
    for (let round = 0; round < 18; round += 1) {
      const { write, checkpoints } = openIn(directory)
      write('a', round * 50, 50)
      write(`host${round}`, 0, 3)
      await checkpoints.tick()
      write('a', round * 50 + 49, 1)
      await checkpoints.close()
    }
    expect(readdirSync(directory).toSorted()).toEqual(['18.log', '18.snapshot', '19.log'])
    const after = openIn(directory)
    expect(valuesOf(after, 'a')).toEqual(upTo(900))
    expect(valuesOf(after, 'host0')).toEqual([0, 1, 2])
  })

  test('become a snapshot when the log grows large', async () => {
    const directory = aDirectory()
    const { write, checkpoints } = openIn(directory)
    for (let round = 0; round < 40; round += 1) write(`h${round % 4}`, 0, 50_000)
    await checkpoints.tick()
    expect(readdirSync(directory)).toEqual(['2.snapshot'])
    await checkpoints.close()
    expect(valuesOf(openIn(directory), 'h3')).toEqual(upTo(50_000))
  })

  test('pass over files that are not ours or not whole', async () => {
    const directory = aDirectory()
    const { write, checkpoints } = openIn(directory)
    write('a', 0, 10)
    await checkpoints.close()
    writeFileSync(join(directory, '7.log'), 'YMLOG999 of another version')
    writeFileSync(join(directory, '8.snapshot'), 'YMSNP001')
    writeFileSync(join(directory, '9.snapshot.tmp'), 'x')
    writeFileSync(join(directory, 'notes.txt'), 'x')
    expect(valuesOf(openIn(directory), 'a')).toEqual(upTo(10))
  })

  test('that are larger than the memory bring back the newest', async () => {
    const directory = aDirectory()
    const { write, checkpoints } = openIn(directory)
    write('a', 0, 90_000)
    await checkpoints.close()
    const small = openIn(directory, 200_000)
    expect(small.tree.bytes).toBeLessThanOrEqual(200_000)
    expect(valuesOf(small, 'a').at(-1)).toBe(89_999)
  })

  test('begin a metric anew whose timestep has changed in between', async () => {
    const directory = aDirectory()
    const { write, tree, checkpoints } = openIn(directory)
    write('a', 0, 10)
    tree.configure([{ cluster: 'c', metrics: [{ name: 'm', timestepMs: 2 * STEP, aggregation: 'avg' }] }])
    const series = tree.series({ cluster: 'c', host: 'a', level: 'node', id: '' }, 'm')!
    tree.keep(series, NOW, 5)
    checkpoints.add(series, NOW, 5)
    await checkpoints.close()
    const after = new Tree()
    after.now = NOW
    new Checkpoints({ directory, tree: after, limitBytes: MEGABYTE, report: () => {} }).load()
    expect(valuesOf({ tree: after }, 'a')).toEqual([5])
  })
})

describe('a disk that cannot be written', () => {
  /** A file where the directory should be: also root cannot write there. */
  function blocked() {
    const directory = aDirectory()
    writeFileSync(directory, 'in the way')
    return { directory, house: openIn(directory) }
  }

  test('is told of once, and again when it is well; what waited for it is written then', async () => {
    const { directory, house } = blocked()
    house.write('a', 0, 10)
    await house.checkpoints.tick()
    house.write('a', 10, 10)
    await house.checkpoints.tick()
    await expect(house.checkpoints.checkpoint()).rejects.toMatchObject({ code: 'unavailable' })
    expect(house.reports).toEqual([expect.stringContaining('checkpoints')])
    rmSync(directory)
    await house.checkpoints.checkpoint()
    expect(house.reports).toEqual([expect.any(String), null])
    await house.checkpoints.close()
    expect(valuesOf(openIn(directory), 'a')).toEqual(upTo(20))
  })

  test('costs nothing that is still in memory, however long it lasts', async () => {
    const { directory, house } = blocked()
    for (let round = 0; round < 30; round += 1) house.write('a', 0, 50_000)
    house.write('b', 0, 10)
    await house.checkpoints.tick()
    rmSync(directory)
    house.write('c', 0, 10)
    await house.checkpoints.checkpoint()
    house.write('b', 10, 10)
    await house.checkpoints.close()
    const after = openIn(directory)
    expect(valuesOf(after, 'a')).toEqual(upTo(50_000))
    expect(valuesOf(after, 'b')).toEqual(upTo(20))
    expect(valuesOf(after, 'c')).toEqual(upTo(10))
  })

  test('that cannot be read either leaves an empty store', () => {
    const { house } = blocked()
    expect([...house.tree.every()]).toEqual([])
    expect(house.reports).toHaveLength(1)
  })
})
