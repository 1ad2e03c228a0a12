/** What a mover and its workers hold while a discovery tells of few paths and of many: it must not grow with them. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Site } from '../src/workflow/site.ts'
import type { DiscoveryOrder } from '../src/workflow/task-order.ts'
import { type Crew, openCrew } from './mover-crew.ts'
import { report } from './report.ts'
import { makeTree, placeFor } from './tree.ts'

const FEW = 10_000
const MANY = Number(process.env.YARDMASTER_BENCH_PATHS ?? 5_000_000)
const SAMPLE_MS = 200
/** Heaps grow a little before they are swept. */
const FLOOR = 1.5

export async function benchMoverMemory(): Promise<void> {
  const place = placeFor(MANY)
  try {
    const few = await peakMb(place, 'few', FEW)
    const many = await peakMb(place, 'many', MANY)
    report({
      question: `memory of a mover over a discovery of ${MANY.toLocaleString('en')} files`,
      ours: `${many.toFixed(0)} MB`,
      reference: `${FEW.toLocaleString('en')} files ${few.toFixed(0)} MB`,
      ratio: many / few,
      floor: `at most ${FLOOR}`,
      kept: many <= few * FLOOR,
    })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

async function peakMb(place: string, name: string, files: number): Promise<number> {
  const root = join(place, name)
  makeTree(root, files)
  const queues = [{ name: 'default', threads: 1 }]
  const site: Site = { id: 1, name, roots: [root], targets: [], queues, bandwidthBytes: 0, hash: 'xxh3' }
  const crew = await openCrew(join(place, 'data'), site)
  try {
    return await searched(crew, site, files)
  } finally {
    await crew.close()
    rmSync(root, { recursive: true })
  }
}

async function searched(crew: Crew, site: Site, files: number): Promise<number> {
  const order: DiscoveryOrder = {
    ...{ kind: 'discovery', run: 1, task: 1, name: 'dynamo.tasks.recursive_navigate', site, identity: null },
    ...{ technique: 'recursive', paths: site.roots, cursor: null, sequence: 0, manifest: 'bench', arguments: {} },
  }
  let peak = 0
  let found = 0
  const sampler = setInterval(() => {
    peak = Math.max(peak, crew.residentMb())
  }, SAMPLE_MS)
  await crew.run([order].values(), ({ entries }) => {
    found += entries.filter(({ type }) => type === 'file').length
  })
  clearInterval(sampler)
  if (found !== files) throw new Error(`${found} files were found instead of ${files}`)
  return Math.max(peak, crew.residentMb())
}
