/** Copies a group: small files to a storage that takes many at once in three strokes, all others each on its own. */

import { inFlight } from '../../../base/flight.ts'
import type { ManyObjects } from '../../../object-storage/object-storage.ts'
import type { FileState } from '../../site-ledger.ts'
import { isSmall } from '../file/content.ts'
import { isUntouched, statAgain } from '../file/open-file.ts'
import type { Work } from '../work.ts'
import {
  type Chosen,
  type Copying,
  type CopyOptions,
  choose,
  objectOf,
  premigrated,
  put,
  readLocal,
  verify,
} from './copy.ts'
import { abandon, intend } from './copy-intent.ts'

const SMALL_IN_FLIGHT = 32
const LARGE_IN_FLIGHT = 2
/** Fewer go the ordinary way. */
const FEW = 8
/** Of bodies that are in memory together. */
const STROKE_BYTES = 64 * 1024 * 1024

export interface Copied {
  copying: Copying
  state: FileState
  movedBytes: number
}

export interface CopyManner extends CopyOptions {
  /** Nothing is taken away after it: that it was stored is enough, and no storage need name the hash again. */
  isPremigrating: boolean
  skipModified: boolean
}

/** Those that failed are settled; the others are not yet in the ledger. */
export async function copyAll(work: Work, files: readonly Copying[], manner: CopyManner): Promise<Copied[]> {
  const copied: Copied[] = []
  const one = async (copying: Copying) => {
    if (work.parts.ending.aborted) return
    const done = await copyOne(work, copying, manner)
    if (done !== undefined) copied.push(done)
  }
  const small = files.filter(({ file }) => isSmall(file))
  const many = small.length > FEW ? small.filter(({ storage }) => storage.many !== undefined) : []
  for (const stroke of strokesOf(many)) {
    if (work.parts.ending.aborted) break
    copied.push(...(await copyStroke(work, stroke, manner)))
  }
  const single = small.filter((copying) => !many.includes(copying))
  await inFlight(single, SMALL_IN_FLIGHT, one)
  const large = files.filter(({ file }) => !isSmall(file))
  await inFlight(large, LARGE_IN_FLIGHT, one)
  return copied
}

async function copyOne(work: Work, copying: Copying, manner: CopyManner): Promise<Copied | undefined> {
  const { storage } = copying
  let chosen: Chosen | undefined
  try {
    const local = await readLocal(copying, manner.algorithm)
    chosen = { copying, local, choice: await choose(copying, local, manner, (key) => storage.head(key)) }
    if (!chosen.choice.isThere) await store(work, chosen, manner)
    if (isStill(work, copying, manner)) return resultOf(chosen, manner)
  } catch (error) {
    explain(work, copying, manner, error)
  }
  if (chosen !== undefined) await abandon(work, chosen)
  return undefined
}

async function store(work: Work, chosen: Chosen, { algorithm }: CopyManner): Promise<void> {
  const { copying, local, choice } = chosen
  if (choice.isInstance) intend(work, [chosen])
  work.point('uploading')
  await put(work, copying, local, objectOf(copying, local, choice, algorithm))
  work.point('stored')
  verify(copying, local, choice, await copying.storage.head(choice.key))
}

function resultOf({ copying, local, choice }: Chosen, { algorithm }: CopyManner): Copied {
  const state = premigrated(copying, { algorithm, value: local.hash }, choice)
  return { copying, state, movedBytes: choice.isThere ? 0 : state.sizeBytes }
}

/** One storage, so many small objects. */
async function copyStroke(work: Work, stroke: readonly Copying[], manner: CopyManner): Promise<Copied[]> {
  const many = stroke[0]!.storage.many
  if (many === undefined) return []
  const chosen = await chooseAll(work, stroke, manner, many)
  const missing = chosen.filter(({ choice }) => !choice.isThere)
  intend(
    work,
    missing.filter(({ choice }) => choice.isInstance),
  )
  work.point('uploading')
  const objects = missing.map(({ copying, local, choice }) => objectOf(copying, local, choice, manner.algorithm))
  const errors = missing.length > 0 ? await many.put(objects, work.parts.ending) : []
  work.point('stored')
  const heads = manner.isPremigrating ? [] : await many.head(missing.map(({ choice }) => choice.key))
  const lost = missing.filter(({ copying, local, choice }, index) => {
    return !attempt(work, copying, manner, () => {
      const head = errors[index] ?? heads[index]
      if (head instanceof Error) throw head
      if (!manner.isPremigrating) verify(copying, local, choice, head)
    })
  })
  const isLost = new Set(lost)
  for (const one of chosen) if (!isLost.has(one) && !isStill(work, one.copying, manner)) isLost.add(one)
  await inFlight([...isLost], SMALL_IN_FLIGHT, (one) => abandon(work, one))
  return chosen.filter((one) => !isLost.has(one)).map((one) => resultOf(one, manner))
}

async function chooseAll(
  work: Work,
  stroke: readonly Copying[],
  manner: CopyManner,
  many: ManyObjects,
): Promise<Chosen[]> {
  const heads = await many.head(stroke.map(({ kept }) => kept.key))
  const chosen: Chosen[] = []
  for (const [index, copying] of stroke.entries()) {
    const head = async (key: string) => {
      const info = key === copying.kept.key ? heads[index] : (await many.head([key]))[0]
      if (info instanceof Error) throw info
      return info
    }
    try {
      const local = await readLocal(copying, manner.algorithm)
      chosen.push({ copying, local, choice: await choose(copying, local, manner, head) })
    } catch (error) {
      explain(work, copying, manner, error)
    }
  }
  return chosen
}

/** False where it was not stored. */
function attempt(work: Work, copying: Copying, manner: CopyManner, run: () => void): boolean {
  try {
    run()
    return true
  } catch (error) {
    explain(work, copying, manner, error)
    return false
  }
}

/** False, and settled, for a file that was changed while it was copied. */
function isStill(work: Work, { file }: Copying, { skipModified }: CopyManner): boolean {
  if (isUntouched(file.stats, statAgain(file))) return true
  const message = 'it was changed while it was copied; run it again when nobody writes it'
  work.settle(file.index, skipModified ? 'skipped' : 'failed', message)
  return false
}

/** A file that was changed meanwhile explains whatever else went wrong. */
function explain(work: Work, copying: Copying, manner: CopyManner, error: unknown): void {
  if (isStill(work, copying, manner)) work.fail(copying.file.index, error)
}

function strokesOf(files: readonly Copying[]): Copying[][] {
  const strokes: Copying[][] = []
  let sizeBytes = 0
  for (const copying of files) {
    const last = strokes.at(-1)
    const isNext = last === undefined || last[0]!.storage !== copying.storage || sizeBytes > STROKE_BYTES
    if (isNext) strokes.push([copying])
    else last.push(copying)
    sizeBytes = (isNext ? 0 : sizeBytes) + Number(copying.file.stats.size)
  }
  return strokes
}
