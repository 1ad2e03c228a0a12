/** What an object carries besides its bytes (spec/hub.md 9), so that another site can make the file of it. */

import { bytesOfPath, textOfPath } from '../../path-name.ts'
import type { FileState } from '../../site-ledger.ts'

export interface ObjectFacts {
  /** '' where another program wrote the object. */
  uuid: string
  hash: { algorithm: string; value: string }
  /** Undefined for what the object does not say. */
  mtimeNs: string | undefined
  sizeBytes: number | undefined
  mode: number | undefined
  uid: number | undefined
  gid: number | undefined
  type: 'file' | 'symlink'
  /** Of a symlink. */
  linkTarget: string
}

type Described = Pick<FileState, 'sizeBytes' | 'mtimeNs' | 'hash' | 'mode' | 'uid' | 'gid'>

export function metadataOf(uuid: string, file: Described): Record<string, string> {
  return {
    'ngenea-guuid': uuid,
    'ngenea-hash': file.hash.value,
    'ngenea-hash-alg': file.hash.algorithm,
    'ngenea-size': String(file.sizeBytes),
    'ngenea-mtime-ns': file.mtimeNs,
    'ngenea-mode': (file.mode & 0o7777).toString(8).padStart(4, '0'),
    'ngenea-uid': String(file.uid),
    'ngenea-gid': String(file.gid),
    'ngenea-type': 'file',
  }
}

export function linkMetadataOf(uuid: string, file: Described, linkTarget: string): Record<string, string> {
  return {
    ...metadataOf(uuid, file),
    'ngenea-type': 'symlink',
    'ngenea-target': bytesOfPath(linkTarget).toString('base64url'),
  }
}

export function factsOf(metadata: Readonly<Record<string, string>>): ObjectFacts {
  const number = (name: string, radix: number, digits = 10) => {
    const text = metadata[name] ?? ''
    return text.length <= digits && /^[0-9]+$/.test(text) ? Number.parseInt(text, radix) : undefined
  }
  const mtime = metadata['ngenea-mtime-ns'] ?? ''
  return {
    uuid: metadata['ngenea-guuid'] ?? '',
    hash: { algorithm: metadata['ngenea-hash-alg'] ?? '', value: metadata['ngenea-hash'] ?? '' },
    mtimeNs: /^\d{1,19}$/.test(mtime) ? mtime : undefined,
    sizeBytes: number('ngenea-size', 10, 15),
    mode: number('ngenea-mode', 8),
    uid: number('ngenea-uid', 10),
    gid: number('ngenea-gid', 10),
    type: metadata['ngenea-type'] === 'symlink' ? 'symlink' : 'file',
    linkTarget: textOfPath(Buffer.from(metadata['ngenea-target'] ?? '', 'base64url')),
  }
}
