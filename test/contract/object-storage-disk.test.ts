import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { createDiskStorage } from '../../src/object-storage/disk.ts'
import { makeFolder } from '../support/folder.ts'
import { objectStorageContract } from './object-storage.ts'

const folder = makeFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let made = 0
objectStorageContract('the disk', {
  make: async () => {
    made += 1
    return createDiskStorage({ root: join(folder, `root-${made}`) })
  },
  clockErrorMs: 0,
})
