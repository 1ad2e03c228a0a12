/** A batch of paths, or what became of them, in few bytes: paths of one tree are much alike. */

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import {
  type ObjectPlace,
  OUTCOMES,
  PATH_TYPES,
  type PathEntry,
  type PathOutcome,
} from '../../../workflow/path-entry.ts'

/** What is seldom there stands last, and is left out; older rows never had it. */
type ObjectRow = [target: string, key: string]
type EntryRow = [path: string, type: number, sizeBytes: number, state: string, from: string | null, ...(ObjectRow | [])]
type OutcomeRow = [
  path: string,
  outcome: number,
  message: string,
  movedBytes: number,
  already: 0 | 1,
  ...(ObjectRow | []),
]

export function packEntries(entries: readonly PathEntry[]): Uint8Array {
  return packed(
    entries.map(({ path, type, sizeBytes, state, from = null, object }): EntryRow => {
      return [path, PATH_TYPES.indexOf(type), sizeBytes, state, from, ...rowOf(object)]
    }),
  )
}

export function unpackEntries(bytes: unknown): PathEntry[] {
  return unpacked<EntryRow>(bytes).map(([path, type, sizeBytes, state, from, ...object]) => {
    const entry = { path, type: PATH_TYPES[type]!, sizeBytes, state, ...objectOf(object) }
    return from === null ? entry : { ...entry, from }
  })
}

export function packOutcomes(outcomes: readonly PathOutcome[]): Uint8Array {
  return packed(
    outcomes.map(({ path, outcome, message, movedBytes, already, object }): OutcomeRow => {
      return [path, OUTCOMES.indexOf(outcome), message, movedBytes, already ? 1 : 0, ...rowOf(object)]
    }),
  )
}

export function unpackOutcomes(bytes: unknown): PathOutcome[] {
  return unpacked<OutcomeRow>(bytes).map(([path, outcome, message, movedBytes, already, ...object]) => {
    const told = { path, outcome: OUTCOMES[outcome]!, message, movedBytes, ...objectOf(object) }
    return already ? { ...told, already: true } : told
  })
}

function rowOf(object: ObjectPlace | undefined): ObjectRow | [] {
  return object === undefined ? [] : [object.target, object.key]
}

function objectOf([target, key]: ObjectRow | []): { object?: ObjectPlace } {
  return target === undefined || key === undefined ? {} : { object: { target, key } }
}

/** JSON writes half characters, which stand for bytes of names, as escapes. */
function packed(rows: unknown): Uint8Array {
  return zstdCompressSync(JSON.stringify(rows))
}

function unpacked<Row>(bytes: unknown): Row[] {
  return bytes instanceof Uint8Array ? JSON.parse(zstdDecompressSync(bytes).toString('utf8')) : []
}
