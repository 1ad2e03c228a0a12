/** Makes what was done to open files of a site outlive a power failure. */

import { fstatSync, fsync } from 'node:fs'
import { promisify } from 'node:util'
import { inFlight } from '../../../base/flight.ts'
import { syncFileSystem } from '../../../object-storage/disk/durable.ts'

/** From so many on the file system is synced as a whole (docs/decisions/0010). */
const MANY = 16
const AT_ONCE = 8
const syncLater = promisify(fsync)

export async function syncFiles(files: readonly { fd: number }[]): Promise<void> {
  const [first] = files
  if (first === undefined) return
  const isTogether = files.length >= MANY && files.every(({ fd }) => fstatSync(fd).dev === fstatSync(first.fd).dev)
  // By descriptor: the path may lead elsewhere by now.
  if (isTogether && (await syncFileSystem(`/proc/${process.pid}/fd/${first.fd}`))) return
  await inFlight(files, AT_ONCE, ({ fd }) => syncLater(fd))
}
