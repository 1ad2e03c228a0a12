/** Discovery of a tree beside `find -printf`, both with a warm cache: entries a second, and what a snapdiff adds. */

import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { discover } from '../src/workflow/discovery/discovery.ts'
import type { DiscoveryOrder } from '../src/workflow/task-order.ts'
import { type MoverSite, makeMoverSite } from '../test/support/mover-site.ts'
import { perSecond, report } from './report.ts'
import { FOLDER_FILES, makeTree, placeFor } from './tree.ts'

const FILES = Number(process.env.YARDMASTER_BENCH_FILES ?? 1_000_000)
const ENTRIES = FILES + Math.ceil(FILES / FOLDER_FILES)
const FLOOR = 0.5
/** Warmed once, and then the better of so many. */
const TURNS = 2

export async function benchDiscovery(): Promise<void> {
  const folder = placeFor(FILES)
  try {
    const site = makeMoverSite(folder)
    makeTree(site.root, FILES)
    const runFind = () => execFileSync('find', [site.root, '-mindepth', '1', '-printf', '%p\t%s\n'], QUIET)
    const [find, walked] = await bestByTurns(runFind, () => search(site, 'recursive'))
    const ratio = find / walked
    report({
      question: `discovery of ${ENTRIES.toLocaleString('en')} entries`,
      ours: perSecond((ENTRIES / walked) * 1000),
      reference: `find -printf ${perSecond((ENTRIES / find) * 1000)}`,
      ratio,
      floor: String(FLOOR),
      kept: ratio >= FLOOR,
    })
    await search(site, 'snapdiff')
    site.ledger.rotate('bench')
    const [, compared] = await bestByTurns(runFind, () => search(site, 'snapdiff', 0))
    report({
      question: `snapdiff of ${ENTRIES.toLocaleString('en')} entries without a change`,
      ours: perSecond((ENTRIES / compared) * 1000),
      reference: `find -printf ${perSecond((ENTRIES / find) * 1000)}`,
      ratio: find / compared,
      floor: 'none',
      kept: true,
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const QUIET = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] }

/** @throws when not all was found */
async function search(site: MoverSite, technique: DiscoveryOrder['technique'], expected = ENTRIES): Promise<void> {
  let count = 0
  const order: DiscoveryOrder = {
    ...site.order('discovery', []),
    kind: 'discovery',
    technique,
    paths: [site.root],
    cursor: null,
    sequence: 0,
    manifest: 'bench',
  }
  const found = async ({ entries }: { entries: readonly unknown[] }) => {
    count += entries.length
  }
  const { failure } = await discover(order, { ...site.parts, sequence: 0, found })
  if (failure !== null || count !== expected) throw new Error(failure ?? `${count} entries instead of ${expected}`)
}

/** Milliseconds of each. */
async function bestByTurns(one: () => unknown, other: () => unknown): Promise<[number, number]> {
  const best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  await one()
  await other()
  for (let turn = 0; turn < TURNS; turn += 1) {
    best[0] = Math.min(best[0], await timed(one))
    best[1] = Math.min(best[1], await timed(other))
  }
  return best
}

async function timed(run: () => unknown): Promise<number> {
  const began = performance.now()
  await run()
  return performance.now() - began
}
