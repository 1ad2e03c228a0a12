/** A bucket behind a bad network: what is repeated, what is refused, and in which words. */

import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { BandwidthLimiter } from '../../src/object-storage/bandwidth.ts'
import type { ObjectStorage } from '../../src/object-storage/object-storage.ts'
import type { S3StorageParts } from '../../src/object-storage/s3/client.ts'
import { createS3Storage } from '../../src/object-storage/s3.ts'
import { type Fault, type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts'
import { hasS3Server, type S3Server, startS3Server } from '../support/s3-server.ts'
import { bytesOf, streamOf } from './object-storage.ts'

const PART = 5 * 1024 * 1024
const BIG = 2 * PART + 1000
const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
const isPart = ({ url = '' }: { url?: string | undefined }) => url.includes('partNumber=')

describe.skipIf(!hasS3Server())('a bucket behind a bad network', () => {
  let server: S3Server
  let proxy: FaultyProxy
  let storage: ObjectStorage
  let made = 0
  beforeAll(async () => {
    server = await startS3Server()
    proxy = await startFaultyProxy(server.port)
  })
  afterAll(async () => {
    await proxy.close()
    await server.close()
  })
  beforeEach(() => {
    proxy.inject()
    made += 1
    storage = make()
  })
  afterEach(async () => {
    await storage.close()
    await vi.waitUntil(async () => (await proxy.connections()) === 0, { timeout: 10_000, interval: 10 })
  })

  const make = (parts: Partial<S3StorageParts> = {}) =>
    createS3Storage({
      bucket: server.bucket,
      prefix: `faults-${made}`,
      endpoint: proxy.endpoint,
      env: server.env,
      partSizeBytes: PART,
      attempts: 3,
      idleTimeoutMs: 400,
      ...parts,
    })
  const put = (key: string, body: string | Readable | Uint8Array = 'text') =>
    storage.put(key, typeof body === 'string' ? Buffer.from(body) : body)
  const read = async (key: string) => text((await storage.get(key)).body)
  const unfinished = async () => {
    const { Uploads = [] } = await server.client.send(new ListMultipartUploadsCommand({ Bucket: server.bucket }))
    return Uploads.length
  }

  describe('is asked again', () => {
    const passing: [string, Fault][] = [
      ['two errors of the server', { kind: 'status', status: 500, times: 2 }],
      ['being asked to slow down', { kind: 'status', status: 503, code: 'SlowDown', times: 1 }],
      ['a silence', { kind: 'silence', times: 1 }],
      ['a connection cut before the answer', { kind: 'cut', side: 'answer', afterBytes: 0, times: 1 }],
    ]

    test.each(passing)('after %s', async (_, fault) => {
      proxy.inject(fault)
      await put('a', 'text')
      proxy.inject({ ...fault, hits: ({ method }) => method === 'GET' })
      expect(await read('a')).toBe('text')
    })

    test.each(passing.slice(0, 3))('whatever it was asked for, after %s', async (_, fault) => {
      await put('a/b')
      const asking = [
        () => storage.head('a/b'),
        () => Array.fromAsync(storage.list('a/')),
        () => storage.delete('a/b'),
        () => put('big', streamOf(BIG)),
      ]
      for (const ask of asking) {
        proxy.inject(fault)
        await ask()
      }
      expect((await storage.head('big'))?.sizeBytes).toBe(BIG)
    })

    test.each<[string, Fault]>([
      ['the body was cut', { kind: 'cut', side: 'request', afterBytes: 100_000, times: 1 }],
      ['the body was damaged', { kind: 'corrupt', side: 'request', atByte: 100_000, times: 1 }],
    ])('with the same bytes when %s on the way', async (_, fault) => {
      const bytes = Buffer.concat([...bytesOf(1_000_000)])
      proxy.inject(fault)
      await put('small', bytes)
      expect(proxy.requests).toHaveLength(2)
      expect((await buffer((await storage.get('small')).body)).equals(bytes)).toBe(true)
      proxy.inject({ ...fault, hits: isPart })
      await put('big', streamOf(BIG))
      expect(proxy.requests.filter((line) => line.includes('partNumber='))).toHaveLength(4)
      const whole = await buffer((await storage.get('big')).body)
      expect(whole.equals(Buffer.concat([...bytesOf(BIG)]))).toBe(true)
    })
  })

  describe('takes many small objects', () => {
    const objects = Array.from({ length: 40 }, (_, index) => ({
      key: `many/${index}`,
      body: Buffer.from(`object ${index}`),
      metadata: { hash: String(index) },
    }))
    const keys = objects.map(({ key }) => key)
    const many = () => storage.many!
    const isListing = ({ url = '' }: { url?: string | undefined }) => url.includes('list-type=')

    test('with a request for each, and a listing that confirms them', async () => {
      expect(await many().put(objects)).toEqual(objects.map(() => undefined))
      expect(proxy.requests.map((line) => line.split(' ')[0])).toEqual([...objects.map(() => 'PUT'), 'GET'])
    })

    test('and asks for each where no listing is allowed', async () => {
      await many().put(objects.slice(10))
      proxy.inject({ kind: 'status', status: 403, code: 'AccessDenied', hits: isListing })
      const infos = await many().head(keys)
      expect(infos.map((info) => info instanceof Error || info?.metadata.hash)).toEqual(
        objects.map(({ metadata }, index) => (index < 10 ? undefined : metadata.hash)),
      )
      expect(await many().put(objects)).toEqual(objects.map(() => undefined))
    })

    test('and says which the server took and has no more', async () => {
      const [lost, other] = [keys[3]!, keys[30]!]
      const lose = async () => {
        await storage.delete(lost)
        await storage.put(other, Buffer.from('by another'))
      }
      let isLost = false
      const onHit = async () => {
        if (isLost) return
        isLost = true
        await lose()
      }
      // A listing that is answered as it should be, but late.
      proxy.inject({ kind: 'status', status: 503, hits: isListing, times: 1, onHit })
      const results = await many().put(objects)
      const wrong = results.flatMap((result, index) => (result === undefined ? [] : [[keys[index], result.message]]))
      expect(wrong).toEqual([
        [lost, expect.stringContaining('the server took it, but now does not have it')],
        [other, expect.stringContaining('the server took it, but now has something else')],
      ])
    })

    test.each<[string, Fault]>([
      ['damaged', { kind: 'corrupt', side: 'request', atByte: 3, times: 3 }],
      ['cut', { kind: 'cut', side: 'request', afterBytes: 3, times: 3 }],
      ['not answered', { kind: 'silence', times: 3 }],
      ['answered with an error', { kind: 'status', status: 500, times: 3 }],
    ])('and sends again what is %s on the way', async (_, fault) => {
      await many().put(objects.slice(0, 1))
      proxy.inject({ ...fault, hits: ({ method }) => method === 'PUT' })
      expect(await many().put(objects)).toEqual(objects.map(() => undefined))
      for (const { key, body } of objects.slice(0, 5)) expect(await read(key)).toBe(body.toString())
    })

    test('and says what was wrong with the one that was refused', async () => {
      const isThird = ({ url = '', method }: { url?: string | undefined; method?: string | undefined }) =>
        method === 'PUT' && url.includes('/many/3?')
      proxy.inject({ kind: 'status', status: 403, code: 'QuotaExceeded', hits: isThird })
      const results = await many().put(objects)
      expect(results.filter((result) => result !== undefined)).toMatchObject([
        { code: 'unavailable', message: expect.stringContaining('storing many/3 in s3:') },
      ])
    })

    test('among others that lie between, without listing all of these', async () => {
      const far = ['many/a/1', 'many/z/1']
      await put(far[1]!, 'z')
      const between = Array.from({ length: 1100 }, (_, index) => ({ ...objects[0]!, key: `many/m/${index}` }))
      for (let at = 0; at < between.length; at += 400) await many().put(between.slice(at, at + 400))
      proxy.inject()
      const infos = await many().head(far)
      expect(infos).toMatchObject([undefined, { key: 'many/z/1', sizeBytes: 1 }])
      expect(proxy.requests.filter((line) => line.includes('list-type='))).toHaveLength(1)
    })
  })

  describe('goes on with a download', () => {
    test.each<[string, Fault]>([
      ['is cut', { kind: 'cut', side: 'answer', afterBytes: 3_000_000, times: 2 }],
      ['stalls', { kind: 'stall', afterBytes: 3_000_000, times: 1 }],
    ])('at the byte where the connection %s', async (_, fault) => {
      await put('big', streamOf(BIG))
      proxy.inject(fault)
      const whole = await buffer((await storage.get('big')).body)
      expect(whole.equals(Buffer.concat([...bytesOf(BIG)]))).toBe(true)
      expect(proxy.requests[1]).toContain(' bytes=3000000-')
    })

    test('of a range', async () => {
      await put('big', streamOf(BIG))
      proxy.inject({ kind: 'cut', side: 'answer', afterBytes: 10, times: 1 })
      const { body } = await storage.get('big', { range: { fromByte: 5, sizeBytes: 20 } })
      expect((await buffer(body)).equals(Buffer.concat([...bytesOf(25)]).subarray(5))).toBe(true)
      expect(proxy.requests[1]).toContain(' bytes=15-24')
    })

    test('but not with another version of the object', async () => {
      await put('a', streamOf(1_000_000))
      const replace = async () => {
        await createS3Storage({ ...direct(), prefix: `faults-${made}` }).put('a', Buffer.alloc(1_000_000))
      }
      let hits = 0
      const onHit = () => {
        hits += 1
        return hits === 2 ? replace() : undefined
      }
      proxy.inject({ kind: 'cut', side: 'answer', afterBytes: 500_000, onHit })
      const { body } = await storage.get('a')
      await expect(buffer(body)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('the object was replaced while it was read'),
      })
    })

    test('until nothing more comes', async () => {
      await put('a', streamOf(1_000_000))
      proxy.inject({ kind: 'cut', side: 'answer', afterBytes: 1, times: 1 }, { kind: 'status', status: 500 })
      const { body } = await storage.get('a')
      await expect(buffer(body)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/^reading a from s3:archive\/faults-\d+ \(byte 1 of 1000000\): .*500/),
      })
    })

    const direct = (): S3StorageParts => ({ bucket: server.bucket, endpoint: server.endpoint, env: server.env })
  })

  describe('never gives damaged bytes for whole ones', () => {
    test.each([
      ['a small object', 'small', 1_000, 500],
      ['an object in parts', 'big', BIG, BIG - 10],
    ])('of %s', async (_, key, sizeBytes, atByte) => {
      await storage.put(key, streamOf(sizeBytes), sizeBytes < PART ? { sizeBytes } : {})
      proxy.inject({ kind: 'corrupt', side: 'answer', atByte })
      await expect(buffer((await storage.get(key)).body)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('what arrived is damaged (checksum mismatch)'),
      })
    })

    test("of another program's object with another checksum", async () => {
      const Key = `faults-${made}/theirs`
      const Body = Buffer.concat([...bytesOf(1_000_000)])
      await server.client.send(
        new PutObjectCommand({ Bucket: server.bucket, Key, Body, ChecksumAlgorithm: 'CRC64NVME' }),
      )
      expect((await buffer((await storage.get('theirs')).body)).equals(Body)).toBe(true)
      proxy.inject({ kind: 'corrupt', side: 'answer', atByte: 10, times: 1 })
      await expect(buffer((await storage.get('theirs')).body)).rejects.toMatchObject({
        message: expect.stringContaining('damaged'),
      })
    })

    test('of an object that was cut and gone on with', async () => {
      await put('big', streamOf(BIG))
      proxy.inject(
        { kind: 'cut', side: 'answer', afterBytes: 1_000_000, times: 1 },
        { kind: 'corrupt', side: 'answer', atByte: 2_000_000 },
      )
      await expect(buffer((await storage.get('big')).body)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('damaged'),
      })
    })
  })

  describe('when it stays bad', () => {
    test.each<[string, Fault, string]>([
      ['errors', { kind: 'status', status: 500 }, 'the server answers 500'],
      ['silence', { kind: 'silence' }, 'the server does not answer in time'],
      ['cut connections', { kind: 'cut', side: 'request', afterBytes: 1000 }, 'the connection was cut'],
      ['damage', { kind: 'corrupt', side: 'request', atByte: 1000 }, 'damaged on the way'],
    ])('%s end a put in words, and nothing is left of it', async (_, fault, words) => {
      for (const [sizeBytes, hits] of [
        [100_000, undefined],
        [BIG, isPart],
      ] as const) {
        proxy.inject({ ...fault, ...(hits && { hits }) })
        const body = streamOf(sizeBytes)
        const failure = await storage.put('a', body).catch((error) => error)
        expect(failure).toMatchObject({ code: 'unavailable' })
        expect(failure.message).toMatch(
          new RegExp(`^storing a in s3:archive/faults-\\d+: .*${words}.*\\(3 attempts\\); run it again( later)?$`),
        )
        expect(body.destroyed).toBe(true)
        proxy.inject()
        expect(await Array.fromAsync(storage.list(''))).toEqual([])
        expect(await unfinished()).toBe(0)
      }
    })

    test('a body that fails between its parts leaves nothing, and its error comes through', async () => {
      const failing = Readable.from(
        (function* () {
          yield* bytesOf(PART + 1_000_000)
          throw Object.assign(new Error('the tape tore'), { code: 'EIO' })
        })(),
      )
      await expect(put('a', failing)).rejects.toThrow('the tape tore')
      expect(await unfinished()).toBe(0)
      expect(await storage.head('a')).toBeUndefined()
    })

    test('a caller who gives up between the parts leaves nothing', async () => {
      const giveUp = new AbortController()
      proxy.inject({ kind: 'silence', hits: isPart, onHit: () => giveUp.abort() })
      const body = streamOf(BIG)
      await expect(storage.put('a', body, { signal: giveUp.signal })).rejects.toMatchObject({ name: 'AbortError' })
      expect(body.destroyed).toBe(true)
      expect(await unfinished()).toBe(0)
    })
  })

  describe('says what to do', () => {
    const cases: [string, () => Partial<S3StorageParts>, string][] = [
      [
        'nobody listens',
        () => ({ endpoint: 'http://127.0.0.1:1' }),
        'nobody listens at its address (ECONNREFUSED) (3 attempts); start it, or mend the endpoint',
      ],
      [
        'the bucket is missing',
        () => ({ bucket: 'no-such-bucket' }),
        'there is no such bucket; make it, or mend its name in the settings',
      ],
      [
        'the access key is wrong',
        () => ({ env: { ...server.env, AWS_ACCESS_KEY_ID: 'AKIAWRONG' } }),
        'the server does not know the access key',
      ],
      [
        'the secret is wrong',
        () => ({ env: { ...server.env, AWS_SECRET_ACCESS_KEY: 'wrong-secret' } }),
        'the secret key is not the one of the access key',
      ],
      ['there are no keys', () => ({ env: {} }), 'the environment has no AWS_ACCESS_KEY_ID'],
      [
        'a half is missing',
        () => ({ env: { AWS_ACCESS_KEY_ID: 'x' } }),
        'the environment has no AWS_SECRET_ACCESS_KEY',
      ],
      [
        'the file is missing',
        () => ({ credentialsFile: '/no/such' }),
        'the credentials file /no/such cannot be read (ENOENT)',
      ],
    ]

    test.each(cases)('when %s, and shows no key', async (_, parts, words) => {
      const wrong = make(parts())
      for (const ask of [
        () => wrong.put('a', Buffer.from('x')),
        () => wrong.get('a'),
        () => wrong.head('a'),
        () => Array.fromAsync(wrong.list('')),
      ]) {
        const failure = await ask().then(
          () => undefined,
          (error) => error,
        )
        expect(failure).toMatchObject({ code: 'unavailable', message: expect.stringContaining(words) })
        const shown = `${failure.stack} ${JSON.stringify(failure)} ${failure.cause}`
        for (const key of Object.values(server.env)) expect(shown).not.toContain(key)
      }
      await wrong.close()
    })

    test.each(['ftp://host', 'host:9000', ''.padEnd(3, ' ')])('when the endpoint is %j', (endpoint) => {
      expect(() => make({ endpoint })).toThrow('is a URL')
    })

    test('when the endpoint holds a password, without it', () => {
      expect(() => make({ endpoint: 'https://me:secret@host/' })).toThrow(/^the endpoint host holds a password/)
    })
  })

  test('a limit of bandwidth holds in both directions', async () => {
    const limiter = new BandwidthLimiter(4_000_000)
    await storage.close()
    storage = make({ limiter, idleTimeoutMs: 5_000 })
    const begun = performance.now()
    await put('a', Buffer.alloc(2_000_000))
    const sent = performance.now()
    await buffer((await storage.get('a')).body)
    const read = performance.now()
    expect(sent - begun).toBeGreaterThan(350)
    expect(read - sent).toBeGreaterThan(350)
    expect(read - begun).toBeLessThan(10_000)
  })

  test('no connection and no file stays open, however a call ends', async () => {
    const before = sockets()
    await put('big', streamOf(BIG))
    const { body } = await storage.get('big')
    body.destroy()
    const unread = await storage.get('big')
    proxy.inject({ kind: 'status', status: 500 })
    await storage.get('big').catch(() => undefined)
    await put('b', streamOf(BIG)).catch(() => undefined)
    unread.body.destroy()
    await storage.close()
    await vi.waitUntil(async () => (await proxy.connections()) === 0, { timeout: 10_000, interval: 10 })
    await vi.waitUntil(() => sockets() <= before, { timeout: 10_000, interval: 10 })
  })
})
