/** Bodies are streams: an object of any size passes through without standing in memory. */

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { BigObjectOrder, BigObjectResult } from '../support/big-object.ts'
import { testFolder } from '../support/folder.ts'
import { hasS3Server, startS3Server } from '../support/s3-server.ts'

const PROGRAM = join(import.meta.dirname, '../support/big-object.ts')
const MB = 1_000_000
const SIZE = 300 * MB

async function pass(order: Omit<BigObjectOrder, 'sizeBytes'>): Promise<BigObjectResult> {
  const argument = JSON.stringify({ ...order, sizeBytes: SIZE })
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, argument])
  return JSON.parse(stdout)
}

test('300 MB go to a disk and back without standing in memory', async () => {
  const { grownBytes, readBytes } = await pass({ disk: { root: join(testFolder(), 'root') } })
  expect(readBytes).toBe(SIZE)
  // A third: the collector takes its time on a busy machine.
  expect(grownBytes).toBeLessThan(120 * MB)
}, 120_000)

test.skipIf(!hasS3Server())(
  '300 MB go to a bucket and back in a few parts',
  async () => {
    const server = await startS3Server()
    onTestFinished(() => server.close())
    const { bucket, endpoint, env } = server
    const { grownBytes, readBytes } = await pass({ s3: { bucket, endpoint, env, partSizeBytes: 5 * 1024 * 1024 } })
    expect(readBytes).toBe(SIZE)
    expect(grownBytes).toBeLessThan(150 * MB)
  },
  120_000,
)
