/** A program for a child process: puts and gets a large object, and prints by how many bytes its memory grew. */

import { Readable } from 'node:stream'
import { createDiskStorage } from '../../src/object-storage/disk.ts'
import type { ObjectStorage } from '../../src/object-storage/object-storage.ts'
import type { S3StorageParts } from '../../src/object-storage/s3/client.ts'
import { createS3Storage } from '../../src/object-storage/s3.ts'

export interface BigObjectOrder {
  disk?: { root: string }
  s3?: S3StorageParts
  sizeBytes: number
}

export interface BigObjectResult {
  grownBytes: number
  readBytes: number
}

const chunk = Buffer.alloc(64 * 1024, 'big')

function* bytesOf(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= chunk.length) yield chunk.subarray(0, Math.min(left, chunk.length))
}

async function passThrough(storage: ObjectStorage, sizeBytes: number): Promise<number> {
  await storage.put('big', Readable.from(bytesOf(sizeBytes), { objectMode: false }))
  const { body } = await storage.get('big')
  let readBytes = 0
  for await (const read of body) readBytes += read.length
  return readBytes
}

async function main({ disk, s3, sizeBytes }: BigObjectOrder): Promise<BigObjectResult> {
  const storage = disk === undefined ? createS3Storage(s3!) : createDiskStorage(disk)
  await passThrough(storage, 12_000_000)
  const before = process.memoryUsage.rss()
  let highest = before
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss())
  }, 5)
  const readBytes = await passThrough(storage, sizeBytes)
  clearInterval(watch)
  await storage.close()
  return { grownBytes: highest - before, readBytes }
}

process.stdout.write(JSON.stringify(await main(JSON.parse(process.argv[2]!))))
