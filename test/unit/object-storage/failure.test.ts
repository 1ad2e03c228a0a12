import { expect, test } from 'vitest'
import { createS3Storage } from '../../../src/object-storage/s3.ts'
import { startFaultyProxy } from '../../support/faulty-proxy.ts'

test.each([
  [400, 'gives no reason; most often region or path_style is not right'],
  [301, 'the bucket is in another region: set the region'],
  [403, 'these credentials may not do that'],
])('a question that is answered %i without a word says what to look at', async (status, words) => {
  await using proxy = Object.assign(await startFaultyProxy(1), {
    [Symbol.asyncDispose](): Promise<void> {
      return proxy.close()
    },
  })
  proxy.inject({ kind: 'status', status })
  const env = { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'B' }
  const storage = createS3Storage({ bucket: 'archive', endpoint: proxy.endpoint, attempts: 1, env })
  const failure = await storage.head('a').catch((error: Error) => error)
  await storage.close()
  expect(failure).toMatchObject({ code: 'unavailable', message: expect.stringContaining(words) })
})
