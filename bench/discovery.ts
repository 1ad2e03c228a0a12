/** Discovery of a tree beside `find -printf`, both with a warm cache: entries a second, and what a snapdiff adds. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { discover } from '../src/workflow/discovery/discovery.ts'
import type { DiscoveryOrder } from '../src/workflow/task-order.ts'
import { type MoverSite, makeMoverSite } from '../test/support/mover-site.ts'
import { perSecond, report } from './report.ts'

const FOLDERS = 200
const FILES = 1000
const ENTRIES = FOLDERS * (FILES + 1)
const FLOOR = 0.5
/** Warmed once, and then the better of so many. */
const TURNS = 2

export async function benchDiscovery(): Promise<void> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'yardmaster-bench-'))
  try {
    const site = makeMoverSite(folder)
    makeTree(site.root)
    const find = best(() => void execFileSync('find', [site.root, '-mindepth', '1', '-printf', '%p\t%s\n'], QUIET))
    const walked = await bestLater(() => search(site, 'recursive'))
    const ratio = find / walked
    report({
      question: `discovery of ${ENTRIES} entries`,
      ours: perSecond((ENTRIES / walked) * 1000),
      reference: `find -printf ${perSecond((ENTRIES / find) * 1000)}`,
      ratio,
      floor: String(FLOOR),
      kept: ratio >= FLOOR,
    })
    await search(site, 'snapdiff')
    site.ledger.rotate('bench')
    const compared = await bestLater(() => search(site, 'snapdiff', 0))
    report({
      question: `snapdiff of ${ENTRIES} entries without a change`,
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

function makeTree(root: string): void {
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    mkdirSync(join(root, `folder-${folder}`))
    for (let file = 0; file < FILES; file += 1) writeFileSync(join(root, `folder-${folder}`, `file-${file}.dat`), '')
  }
}

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

function best(run: () => void): number {
  run()
  return Math.min(...Array.from({ length: TURNS }, () => timed(run)))
}

function timed(run: () => void): number {
  const began = performance.now()
  run()
  return performance.now() - began
}

async function bestLater(run: () => Promise<void>): Promise<number> {
  await run()
  let best = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < TURNS; turn += 1) {
    const began = performance.now()
    await run()
    best = Math.min(best, performance.now() - began)
  }
  return best
}
