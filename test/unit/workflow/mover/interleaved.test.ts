/** Two jobs at once on the same files: the second comes whole in between at each point of the first, which then goes on or is killed. */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { recover, runStep } from '../../../../src/workflow/mover/steps.ts'
import type { StepOrder } from '../../../../src/workflow/task-order.ts'
import { makeFolder } from '../../../support/folder.ts'
import { type MoverSite, makeMoverSite } from '../../../support/mover-site.ts'
import { MoverThread } from '../../../support/mover-thread.ts'

const TEXT = 'some text that is somewhere whole '.repeat(300)
const NAMES = ['a', 'b']

interface Act {
  /** What was done to the files before. */
  before: 'nothing' | 'migrate'
  order(site: MoverSite): StepOrder
  removes?: true
}

const paths = ({ root }: MoverSite) => NAMES.map((name) => join(root, name))
const moved = ({ root }: MoverSite) => NAMES.map((name) => join(root, `moved-${name}`))

const ACTS: Readonly<Record<string, Act>> = {
  migrate: { before: 'nothing', order: (site) => site.order('migrate', paths(site)) },
  premigrate: {
    before: 'nothing',
    order: (site) => site.order('migrate', paths(site), { arguments: { premigrate: true } }),
  },
  recall: { before: 'migrate', order: (site) => site.order('recall', paths(site)) },
  'recall and delete the object': {
    before: 'migrate',
    order: (site) => site.order('recall', paths(site), { arguments: { delete_remote: true } }),
  },
  'make a file over it': {
    before: 'migrate',
    order: (site) => site.order('reverse_stub', paths(site), { arguments: { overwrite: true, hydrate: true } }),
  },
  delete: { before: 'migrate', removes: true, order: (site) => site.order('delete_paths_from_gpfs', paths(site)) },
  move: {
    before: 'migrate',
    order: (site) => {
      const entries = paths(site).map((from, at) => ({ path: moved(site)[at]!, from }))
      const more = { type: 'file', state: 'moved', sizeBytes: 0 } as const
      return site.order(
        'move_paths_on_gpfs',
        entries.map((one) => ({ ...one, ...more })),
      )
    },
  },
}

const thread = new MoverThread()
afterAll(() => thread[Symbol.asyncDispose]())

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Nobody waits here for what the other holds. */
let aheadMs = 0
const clock = {
  ...systemClock,
  monotonicMs: () => {
    aheadMs += 60_000
    return aheadMs
  },
  after: (ms: number, run: () => void) => systemClock.after(ms > 1000 ? ms : 0, run),
}

async function sceneFor(act: Act): Promise<MoverSite> {
  const folder = makeFolder()
  folders.push(folder)
  const site = makeMoverSite(folder)
  for (const path of paths(site)) writeFileSync(path, TEXT)
  if (act.before === 'migrate') await site.run('migrate', paths(site))
  return site
}

const runBeside = (site: MoverSite, order: StepOrder) => runStep(order, { ...site.parts, clock })

/** Under one name or the other, unless it was deleted, and with all that it held. */
async function checkWhole(site: MoverSite, mayBeGone: boolean, what: string): Promise<void> {
  await recover(site.site, site.parts)
  expect(site.ledger.journal(), what).toEqual([])
  for (const at of NAMES.keys()) {
    const there = [paths(site)[at]!, moved(site)[at]!].filter((path) => existsSync(path))
    expect(there.length > 0 || mayBeGone, `${what}: ${NAMES[at]} is gone`).toBe(true)
    for (const path of there) {
      const [outcome] = (await runBeside(site, site.order('recall', [path]))).outcomes
      expect([outcome?.outcome, readFileSync(path, 'utf8') === TEXT], `${what}: ${outcome?.message}`).toEqual([
        expect.stringMatching(/processed|skipped/),
        true,
      ])
    }
  }
}

const ALL = Object.keys(ACTS)
/** What the dead leave is found by whatever opens a file; a move opens none. */
const FEW = ['move']

describe.each([
  ['go on', ALL],
  ['die', FEW],
] as const)('two jobs on one file leave it whole, where the first is to %s', (end, others) => {
  const pairs = ALL.flatMap((one) => others.map((other) => [one, other] as const))

  test.each(pairs)('%s, and between its steps %s', { timeout: 60_000 }, async (one, other) => {
    const [first, second] = [ACTS[one]!, ACTS[other]!]
    for (let at = 1; ; at += 1) {
      const site = await sceneFor(first)
      const order = first.order(site)
      let where = ''
      const result = await thread.run(site, order, async (point, number) => {
        if (number !== at) return 'go on'
        where = point
        await runBeside(site, second.order(site))
        return end
      })
      if (where === '') break
      const what = `${one}, ${other} at ${where}`
      if (result !== undefined) expect(result.failure, what).toBeNull()
      // As it is told to do again after it was killed.
      if (end === 'die') await runBeside(site, order)
      await checkWhole(site, (first.removes ?? second.removes) === true, what)
    }
  })
})
