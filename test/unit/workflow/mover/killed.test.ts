/** Each act, killed at each point where something is half done, and done again: the file is whole and nothing is doubled. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { recover, runStep } from '../../../../src/workflow/mover/steps.ts'
import type { StepOrder } from '../../../../src/workflow/task-order.ts'
import { makeFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'

const CHILD = join(import.meta.dirname, '../../../support/killed-mover.ts')
const TEXT = 'some text that is somewhere whole '.repeat(300)

interface Scene {
  /** Works on its files. */
  here: MoverSite
  other: MoverSite
}

interface Act {
  name: string
  prepare(scene: Scene): Promise<StepOrder>
  check(scene: Scene): Promise<void>
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function makeScene(): Scene {
  const folder = makeFolder()
  folders.push(folder)
  const here = makeMoverSite(folder)
  return { here, other: makeMoverSite(folder, 'site2', here.bucket) }
}

/** Less than a lease: nobody waits for the locks of the dead. */
const TIMEOUT_MS = 50_000

const NAMES = ['a', 'b']
/** As many as go to a disk together. */
const MANY = [...'abcdefghi']
const manyOf = ({ root }: MoverSite) => MANY.map((name) => join(root, name))
const pathsOf = ({ root }: MoverSite) => NAMES.map((name) => join(root, name))
const write = (site: MoverSite, text = TEXT) => {
  for (const path of pathsOf(site)) writeFileSync(path, text)
  return pathsOf(site)
}
const objects = ({ bucket }: MoverSite) => readdirSync(bucket).filter((name) => !name.startsWith('.'))
const blocks = (site: MoverSite) => pathsOf(site).map((path) => statSync(path).blocks)
const states = (site: MoverSite) => pathsOf(site).map((path) => site.ledger.stateAt(path)?.state)
const texts = (site: MoverSite) => pathsOf(site).map((path) => readFileSync(path, 'utf8'))
const both = <Value>(value: Value) => [value, value]

async function expectRecallable(site: MoverSite, text = TEXT): Promise<void> {
  await site.run('recall', pathsOf(site))
  expect(texts(site)).toEqual(both(text))
}

const ACTS: Act[] = [
  {
    name: 'migrate',
    prepare: async ({ here }) => here.order('migrate', write(here)),
    async check({ here }) {
      expect(blocks(here)).toEqual(both(0))
      expect(states(here)).toEqual(both('migrated'))
      expect(objects(here)).toEqual(NAMES)
      await expectRecallable(here)
    },
  },
  {
    name: 'migrate of many small files, which share their commits',
    prepare: async ({ here }) => {
      for (const path of manyOf(here)) writeFileSync(path, TEXT)
      return here.order('migrate', manyOf(here))
    },
    async check({ here }) {
      expect(manyOf(here).map((path) => statSync(path).blocks)).toEqual(MANY.map(() => 0))
      expect(objects(here)).toEqual(MANY)
      await here.run('recall', manyOf(here))
      expect(manyOf(here).every((path) => readFileSync(path, 'utf8') === TEXT)).toBe(true)
    },
  },
  {
    name: 'premigrate beside another content',
    async prepare({ here }) {
      await here.run('migrate', write(here, 'older'), { arguments: { premigrate: true } })
      return here.order('migrate', write(here), { arguments: { premigrate: true } })
    },
    async check({ here }) {
      expect(texts(here)).toEqual(both(TEXT))
      expect(states(here)).toEqual(both('premigrated'))
      expect(objects(here)).toHaveLength(4)
    },
  },
  {
    name: 'recall',
    async prepare({ here }) {
      await here.run('migrate', write(here))
      return here.order('recall', pathsOf(here))
    },
    async check({ here }) {
      expect(texts(here)).toEqual(both(TEXT))
      expect(states(here)).toEqual(both('premigrated'))
    },
  },
  {
    name: 'recall and delete the object',
    async prepare({ here }) {
      await here.run('migrate', write(here))
      return here.order('recall', pathsOf(here), { arguments: { delete_remote: true } })
    },
    async check({ here }) {
      expect(texts(here)).toEqual(both(TEXT))
      expect(states(here)).toEqual(both(undefined))
      expect(objects(here)).toEqual([])
    },
  },
  ...[false, true].map(
    (hydrate): Act => ({
      name: `reverse_stub with hydrate ${hydrate} over what stands there`,
      async prepare({ here, other }) {
        await here.run('migrate', write(here))
        write(other, 'older')
        const given = { arguments: { hydrate, overwrite: true }, origin: here.site }
        return other.order('reverse_stub', pathsOf(here), given)
      },
      async check({ other }) {
        expect(readdirSync(other.root)).toEqual(NAMES)
        if (hydrate) expect(texts(other)).toEqual(both(TEXT))
        expect(states(other)).toEqual(both(hydrate ? 'premigrated' : 'migrated'))
        await expectRecallable(other)
      },
    }),
  ),
  {
    name: 'delete',
    async prepare({ here }) {
      await here.run('migrate', write(here))
      return here.order('delete_paths_from_gpfs', pathsOf(here))
    },
    async check({ here }) {
      expect(readdirSync(here.root)).toEqual([])
      expect(states(here)).toEqual(both(undefined))
      expect(objects(here)).toEqual(NAMES)
    },
  },
  {
    name: 'move of a folder and a file',
    async prepare({ here }) {
      mkdirSync(join(here.root, 'old'))
      writeFileSync(join(here.root, 'old/a'), TEXT)
      writeFileSync(join(here.root, 'x'), TEXT)
      await here.run('migrate', [join(here.root, 'old/a'), join(here.root, 'x')])
      const moves = [
        { path: join(here.root, 'new'), from: join(here.root, 'old'), type: 'directory' as const },
        { path: join(here.root, 'in/b'), from: join(here.root, 'x'), type: 'file' as const },
      ]
      return here.order(
        'move_paths_on_gpfs',
        moves.map((one) => ({ ...one, state: 'moved', sizeBytes: 0 })),
      )
    },
    async check({ here }) {
      const paths = ['new/a', 'in/b'].map((name) => join(here.root, name))
      expect(paths.map((path) => here.ledger.stateAt(path)?.state)).toEqual(both('migrated'))
      expect(existsSync(join(here.root, 'old'))).toBe(false)
      await here.run('recall', paths)
      expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(both(TEXT))
    },
  },
]

/** The points that it came by; fewer when it was killed. */
function runInChild(site: MoverSite, order: StepOrder, killAt: number): { points: string[]; wasKilled: boolean } {
  const task = JSON.stringify({ order, ledger: site.ledgerFile, bucket: site.bucket, killAt })
  const { stdout, signal, stderr } = spawnSync(process.execPath, [CHILD, task], { encoding: 'utf8' })
  if (signal === 'SIGKILL') return { points: [], wasKilled: true }
  expect(stderr).toBe('')
  const { points, failure } = JSON.parse(stdout)
  expect(failure).toBeNull()
  return { points, wasKilled: false }
}

/** Which of the two sites the order is of. */
const workerOf = ({ here, other }: Scene, order: StepOrder) => (order.site.name === here.site.name ? here : other)

test.each(ACTS)('$name is whole after a kill at any point', { timeout: TIMEOUT_MS }, async ({ prepare, check }) => {
  const first = makeScene()
  const order = await prepare(first)
  const { points } = runInChild(workerOf(first, order), order, Number.POSITIVE_INFINITY)
  await check(first)
  expect(points.length).toBeGreaterThan(2)
  for (const [index, name] of points.entries()) {
    // Of many files that come by one point, the first and the last.
    if (index > points.indexOf(name) && index < points.lastIndexOf(name)) continue
    const scene = makeScene()
    const again = await prepare(scene)
    const site = workerOf(scene, again)
    const { wasKilled } = runInChild(site, again, index + 1)
    expect(wasKilled, name).toBe(true)
    // By turns the whole mover begins anew, or the task alone.
    if (index % 2 === 0) await recover(site.site, site.parts)
    const { failure, outcomes } = await runStep(again, site.parts)
    expect([failure, ...outcomes.filter(({ outcome }) => outcome === 'failed')], name).toEqual([null])
    expect(outcomes.every(({ outcome, already }) => outcome === 'processed' || already === true)).toBe(true)
    expect(site.ledger.journal(), name).toEqual([])
    await check(scene)
  }
})
