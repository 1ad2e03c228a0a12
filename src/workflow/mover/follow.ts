/** Tells the ledger where the files of a folder are, after the folder was moved. */

import { lstatSync, readdirSync } from 'node:fs'
import { textOfPath } from '../path-name.ts'
import type { FileId, SiteLedger } from '../site-ledger.ts'
import { below, type Confined } from './file/confined.ts'
import { idOf } from './file/open-file.ts'

const BATCH = 500

interface Parts {
  confined: Confined
  parts: { ledger: SiteLedger }
}

interface Found {
  id: FileId
  path: string
}

export function followFolder({ confined, parts: { ledger } }: Parts, folder: string): void {
  let batch: Found[] = []
  for (const found of filesBelow(confined, folder)) {
    batch.push(found)
    if (batch.length < BATCH) continue
    ledger.commit({ follow: batch })
    batch = []
  }
  ledger.commit({ follow: batch })
}

function* filesBelow(confined: Confined, path: string): Generator<Found> {
  const folder = confined.enter(path)
  const folders: string[] = []
  try {
    for (const bytes of readdirSync(`/proc/self/fd/${folder.fd}/`, { encoding: 'buffer' })) {
      const name = textOfPath(bytes)
      const stats = lstatSync(below(folder.fd, name), { bigint: true, throwIfNoEntry: false })
      if (stats?.isDirectory()) folders.push(`${path}/${name}`)
      else if (stats?.isFile()) yield { id: idOf(stats), path: `${path}/${name}` }
    }
  } finally {
    confined.release(folder)
  }
  for (const one of folders) yield* filesBelow(confined, one)
}
