import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.ts'
import type { ObjectStorage } from '../../../src/object-storage/object-storage.ts'
import { createS3Storage } from '../../../src/object-storage/s3.ts'
import { type FaultyProxy, startFaultyProxy } from '../../support/faulty-proxy.ts'

const ANSWER = { kind: 'status', status: 400, code: 'Odd' } as const

let proxy: FaultyProxy
let storage: ObjectStorage
afterEach(async () => {
  await storage.close()
  await proxy.close()
})

const messageOf = (key: string) => storage.head(key).then(String, (error: Error) => error.message)

test('a server that is silent is not waited for again and again, and asked anew after a while', async () => {
  proxy = await startFaultyProxy(1)
  let laterMs = 0
  storage = createS3Storage({
    ...{ bucket: 'archive', endpoint: proxy.endpoint, attempts: 1, idleTimeoutMs: 100 },
    env: { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B' },
    clock: { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + laterMs },
  })
  proxy.inject({ kind: 'silence' })
  const first = await Promise.all(Array.from({ length: 10 }, (_, index) => messageOf(`${index}`)))
  expect(new Set(first.map((message) => message.replace(/.*: /, '')))).toEqual(
    new Set(['the server does not answer in time; run it again later']),
  )
  expect(await messageOf('next')).toBe(
    's3:archive: its server answers no request; it is asked again in 30 s: run this again when it answers',
  )
  expect(proxy.requests).toHaveLength(10)
  laterMs = 30_000
  const probe = messageOf('probe')
  expect(await messageOf('beside it')).toMatch(/answers no request/)
  expect(await probe).toMatch(/does not answer in time/)
  laterMs = 60_000
  proxy.inject(ANSWER)
  expect(await messageOf('probe')).toMatch(/answers 400/)
  expect(await messageOf('all others')).toMatch(/answers 400/)
})
