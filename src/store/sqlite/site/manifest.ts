/** Manifests of trees: the accepted generation, and a draft of the next that becomes it in one step. */

import { bytesOfPath, textOfPath } from '../../../workflow/path-name.ts'
import type { Generation, ManifestEntry, SiteLedger } from '../../../workflow/site-ledger.ts'
import type { Connection } from '../connection.ts'

const ACCEPTED = 'select accepted from manifest where name = ?'
const ENTRIES = 'select * from manifest_entry where name = ? and generation = ? order by path'
const BACKWARDS = 'select * from manifest_entry where name = ? and generation = ? order by path desc'
const AT = 'select * from manifest_entry where name = ? and generation = ? and path = ?'
const BY_INO = 'select * from manifest_entry where name = ? and generation = ? and ino = ? limit 1'
const ADD = `insert or replace into manifest_entry (name, generation, path, ino, type, size, mtime, ctime)
  values (?, ?, ?, ?, ?, ?, ?, ?)`
const ACCEPT = `insert into manifest (name, accepted) values (?, ?)
  on conflict (name) do update set accepted = excluded.accepted`
/** A piece at a time, so that others get their turn between the pieces. */
const CLEAR = `delete from manifest_entry where (name, generation, path) in
  (select name, generation, path from manifest_entry where name = ? and generation = ? limit 20000)`
const CLEAR_OLD = `delete from manifest_entry where (name, generation, path) in
  (select name, generation, path from manifest_entry where name = ? and generation < ? limit 20000)`

interface Row {
  path: Uint8Array
  ino: string
  type: ManifestEntry['type']
  size: number
  mtime: string
  ctime: string
}

type Manifests = Pick<
  SiteLedger,
  'manifest' | 'manifestEntryByIno' | 'manifestEntryAt' | 'draft' | 'clearDraft' | 'rotate'
>

export function createManifests(connection: Connection, transact: <Result>(work: () => Result) => Result): Manifests {
  const acceptedOf = (name: string) => {
    const row = connection.prepare(ACCEPTED).get(name) as { accepted: number } | undefined
    return row?.accepted ?? 0
  }
  const generationOf = (name: string, which: Generation) => acceptedOf(name) + (which === 'draft' ? 1 : 0)
  const clear = (text: string, name: string, generation: number) => {
    const statement = connection.prepare(text)
    while (transact(() => Number(statement.run(name, generation).changes)) > 0);
  }
  return {
    manifest: (name, which = 'accepted', isBackwards = false) =>
      entriesOf(connection, isBackwards ? BACKWARDS : ENTRIES, name, generationOf(name, which)),
    manifestEntryByIno(name, ino, which = 'accepted') {
      const row = connection.prepare(BY_INO).get(name, generationOf(name, which), ino) as unknown as Row | undefined
      return row && entryOf(row)
    },
    manifestEntryAt(name, path, which = 'accepted') {
      const values = [name, generationOf(name, which), bytesOfPath(path)] as const
      const row = connection.prepare(AT).get(...values) as unknown as Row | undefined
      return row && entryOf(row)
    },
    draft(name, entries) {
      const generation = acceptedOf(name) + 1
      const statement = connection.prepare(ADD)
      transact(() => {
        for (const { path, ino, type, sizeBytes, mtimeNs, ctimeNs } of entries)
          statement.run(name, generation, bytesOfPath(path), ino, type, sizeBytes, mtimeNs, ctimeNs)
      })
    },
    clearDraft: (name) => clear(CLEAR, name, acceptedOf(name) + 1),
    rotate(name) {
      const generation = acceptedOf(name) + 1
      transact(() => connection.prepare(ACCEPT).run(name, generation))
      clear(CLEAR_OLD, name, generation)
    },
  }
}

function* entriesOf(connection: Connection, text: string, name: string, generation: number): Generator<ManifestEntry> {
  // A statement of its own: a prepared one cannot be read twice at a time.
  const statement = connection.database.prepare(text)
  for (const row of statement.iterate(name, generation)) yield entryOf(row as unknown as Row)
}

function entryOf({ path, ino, type, size, mtime, ctime }: Row): ManifestEntry {
  return { path: textOfPath(path), ino, type, sizeBytes: size, mtimeNs: mtime, ctimeNs: ctime }
}
