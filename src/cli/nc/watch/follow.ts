/** A growing log, copied as it grows; as much memory for a log of 10 GB as for one line. */

import { type FSWatcher, watch } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { systemCodeOf } from '../../../base/errors.ts'

export interface Following {
  /** Aborted when nothing more will be written. */
  ended: AbortSignal
  write(bytes: Uint8Array): Promise<void>
}

/** File systems without notices (NFS) are looked at this often. */
const LOOK_MS = 1000
/** A log that grows all the time is read no more often than this. */
const REST_MS = 50
const CHUNK_BYTES = 65_536

/** Whether there was a log at all. */
export async function followLog(path: string, { ended, write }: Following): Promise<boolean> {
  const bell = new Bell(path)
  let offset: number | undefined
  try {
    for (;;) {
      const last = ended.aborted
      offset = (await copyFrom(path, offset ?? 0, write)) ?? offset
      if (last) return offset !== undefined
      await bell.rung(ended)
    }
  } finally {
    bell.close()
  }
}

/** Copies what stands after `offset`; the new offset, or undefined while there is no file. A shortened log begins anew. */
async function copyFrom(path: string, offset: number, write: Following['write']): Promise<number | undefined> {
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    let position = size < offset ? 0 : offset
    const buffer = Buffer.alloc(CHUNK_BYTES)
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position)
      if (bytesRead === 0) return position
      position += bytesRead
      await write(Buffer.from(buffer.subarray(0, bytesRead)))
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Rings when a file changed, and at least every LOOK_MS. */
class Bell {
  private readonly path: string
  private watcher: FSWatcher | undefined
  private ring: () => void = () => undefined
  private rang = false

  constructor(path: string) {
    this.path = path
  }

  async rung(ended: AbortSignal): Promise<void> {
    this.listen()
    if (!this.rang && !ended.aborted) await this.next(ended)
    this.rang = false
    if (!ended.aborted) await pause(REST_MS)
  }

  private async next(ended: AbortSignal): Promise<void> {
    const done = new AbortController()
    const any = AbortSignal.any([ended, done.signal])
    this.ring = () => done.abort()
    await pause(LOOK_MS, undefined, { signal: any }).catch(() => undefined)
  }

  /** The file may appear later, so this is tried again until it works. */
  private listen(): void {
    if (this.watcher) return
    try {
      this.watcher = watch(this.path, { persistent: false }, () => {
        this.rang = true
        this.ring()
      })
      this.watcher.on('error', () => this.close())
    } catch {
      this.watcher = undefined
    }
  }

  close(): void {
    this.watcher?.close()
    this.watcher = undefined
  }
}
