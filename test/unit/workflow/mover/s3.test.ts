import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ObjectStorage } from '../../../../src/object-storage/object-storage.ts'
import { openObjectStorage } from '../../../../src/object-storage/open.ts'
import { testFolder } from '../../../support/folder.ts'
import { makeMoverSite } from '../../../support/mover-site.ts'
import { hasS3Server, type S3Server, startS3Server } from '../../../support/s3-server.ts'

describe.skipIf(!hasS3Server())('on a bucket', () => {
  let server: S3Server
  let storage: ObjectStorage

  beforeAll(async () => {
    server = await startS3Server()
    const { endpoint, env, bucket } = server
    storage = await openObjectStorage(
      { kind: 's3', bucket, prefix: 'site' },
      { s3: { endpoint, env, pathStyle: true } },
    )
  })
  afterAll(async () => {
    await storage.close()
    await server.close()
  })

  test('files small and large go there and come back, and another site makes stubs of them', {
    timeout: 60_000,
  }, async () => {
    const folder = testFolder()
    const here = makeMoverSite(folder)
    const there = makeMoverSite(folder, 'site2', here.bucket)
    const parts = { storageFor: () => storage }
    const names = ['empty', 'Grüße 50%\n', ...Array.from({ length: 20 }, (_, index) => `f${index}`), 'large']
    const textOf = (name: string) => (name === 'empty' ? '' : name.repeat(name === 'large' ? 5_000_000 : 10))
    const paths = names.map((name) => join(here.root, name))
    for (const [index, path] of paths.entries()) writeFileSync(path, textOf(names[index]!))
    const migrated = await here.run('migrate', paths, { parts })
    expect(migrated.filter(({ outcome }) => outcome !== 'processed')).toEqual([])
    expect(paths.map((path) => statSync(path).blocks)).toEqual(paths.map(() => 0))
    const stubs = await there.run('reverse_stub', paths, { parts, origin: here.site })
    expect(stubs.filter(({ outcome }) => outcome !== 'processed')).toEqual([])
    for (const site of [here, there]) {
      const own = names.map((name) => join(site.root, name))
      expect((await site.run('recall', own, { parts })).filter(({ outcome }) => outcome !== 'processed')).toEqual([])
      for (const [index, path] of own.entries()) expect(readFileSync(path, 'utf8') === textOf(names[index]!)).toBe(true)
    }
  })

  test('a large file that is dropped on its way there or back is whole or a stub, and no part of it stays', {
    timeout: 60_000,
  }, async () => {
    const one = makeMoverSite(testFolder())
    const path = join(one.root, 'dropped')
    const bytes = randomBytes(70_000_000)
    writeFileSync(path, bytes)
    /** Told to stop when so much of it has passed. */
    const stopped = () => {
      const stop = new AbortController()
      const progress = (_done: number, movedBytes: number) => movedBytes > 30_000_000 && stop.abort()
      return { storageFor: () => storage, progress, ending: stop.signal, dropping: stop.signal }
    }
    expect(await one.result('migrate', [path], { parts: stopped() })).toMatchObject({ failure: null, left: [0] })
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(await storage.head('dropped')).toBeUndefined()
    const { Uploads = [] } = await server.client.send(new ListMultipartUploadsCommand({ Bucket: server.bucket }))
    expect(Uploads).toEqual([])
    const parts = { storageFor: () => storage }
    expect(await one.run('migrate', [path], { parts })).toMatchObject([{ outcome: 'processed' }])
    expect(await one.result('recall', [path], { parts: stopped() })).toMatchObject({ failure: null, left: [0] })
    expect(statSync(path).blocks).toBeLessThanOrEqual(8)
    expect(await one.run('recall', [path], { parts })).toMatchObject([{ outcome: 'processed' }])
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })
})
