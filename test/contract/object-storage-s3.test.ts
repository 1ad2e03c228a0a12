import { afterAll, beforeAll, describe } from 'vitest'
import { createS3Storage } from '../../src/object-storage/s3.ts'
import { hasS3Server, type S3Server, startS3Server } from '../support/s3-server.ts'
import { objectStorageContract } from './object-storage.ts'

describe.skipIf(!hasS3Server())('on an S3 server', () => {
  let server: S3Server
  let made = 0
  beforeAll(async () => {
    server = await startS3Server()
  })
  afterAll(() => server.close())

  const make = (prefix: string) => {
    const { bucket, endpoint, env } = server
    return createS3Storage({ bucket, prefix, endpoint, env, partSizeBytes: 5 * 1024 * 1024 })
  }
  objectStorageContract('a prefix of a bucket', {
    make: async () => {
      made += 1
      return make(`below/prefix ${made}`)
    },
    clockErrorMs: 0,
  })
})
