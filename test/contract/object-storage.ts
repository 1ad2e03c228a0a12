/** What every object storage must do; called once for each implementation. */

import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GetOptions, ObjectInfo, ObjectStorage, PutOptions } from '../../src/object-storage/object-storage.ts'

export interface ObjectStorageUnderTest {
  /** A storage that is empty. */
  make(): Promise<ObjectStorage>
  /** Where the clock of the storage is another's, it may differ by this. */
  clockErrorMs: number
}

const CHUNK = randomBytes(64 * 1024)

/** So many bytes that nobody holds in memory at once. */
export function* bytesOf(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, Math.min(left, CHUNK.length))
}

export const streamOf = (sizeBytes: number) => Readable.from(bytesOf(sizeBytes), { objectMode: false })

async function keysOf(storage: ObjectStorage, prefix = ''): Promise<string[]> {
  return (await Array.fromAsync(storage.list(prefix))).map(({ key }) => key)
}

export function objectStorageContract(name: string, subject: ObjectStorageUnderTest): void {
  describe(name, () => {
    let storage: ObjectStorage
    beforeEach(async () => {
      storage = await subject.make()
    })
    afterEach(() => storage.close())

    const put = (key: string, body: string | Readable | Uint8Array = 'text', options?: PutOptions) =>
      storage.put(key, typeof body === 'string' ? Buffer.from(body) : body, options)
    const read = async (key: string, options?: GetOptions) => text((await storage.get(key, options)).body)

    describe('an object', () => {
      test('comes back as it was put, with its size, its time and its metadata', async () => {
        const before = Date.now()
        const metadata = { 'mtime-ns': '1700000000123456789', owner: 'Zoë Ünlü', path: '/a b/%41=?\t文件 ' }
        const stored = await put('runs/a/data.json', '{"a":1}', { metadata })
        expect(stored).toMatchObject({ key: 'runs/a/data.json', sizeBytes: 7, metadata })
        const { info, body } = await storage.get('runs/a/data.json')
        expect(info).toMatchObject({ key: 'runs/a/data.json', sizeBytes: 7, metadata })
        expect(Math.abs(info.modifiedAt - before)).toBeLessThanOrEqual(60_000 + subject.clockErrorMs)
        expect(await text(body)).toBe('{"a":1}')
        expect(await storage.head('runs/a/data.json')).toEqual(info)
      })

      test.each<[string, () => Readable, PutOptions]>([
        ['a stream of known size', () => Readable.from([Buffer.from('one '), Buffer.from('two')]), { sizeBytes: 7 }],
        ['a stream of unknown size', () => Readable.from([Buffer.from('one '), Buffer.from('two')]), {}],
      ])('can be %s', async (_, body, options) => {
        expect(await put('a', body(), options)).toMatchObject({ sizeBytes: 7 })
        expect(await read('a')).toBe('one two')
      })

      test.each<[string, () => Readable | Uint8Array]>([
        ['bytes', () => new Uint8Array()],
        ['a stream', () => Readable.from([])],
      ])('can be empty, as %s', async (_, body) => {
        await put('empty', body(), { metadata: { type: 'symlink' } })
        expect(await storage.head('empty')).toMatchObject({ sizeBytes: 0, metadata: { type: 'symlink' } })
        expect(await read('empty')).toBe('')
      })

      test('is replaced with its metadata', async () => {
        await put('a', 'old', { metadata: { hash: '1', old: 'yes' } })
        await put('a', 'newer', { metadata: { hash: '2' } })
        expect(await read('a')).toBe('newer')
        expect((await storage.head('a'))?.metadata).toEqual({ hash: '2' })
        await put('a', 'plain')
        expect((await storage.head('a'))?.metadata).toEqual({})
      })

      test('is one of the bodies that are put at the same time, with the metadata of that one', async () => {
        const writers = Array.from({ length: 8 }, (_, place) => String(place))
        await Promise.all(writers.map((writer) => put('a', writer.repeat(1000), { metadata: { writer } })))
        const { info, body } = await storage.get('a')
        expect(await text(body)).toBe(info.metadata.writer!.repeat(1000))
      })

      test('that is not there is not found, is undefined to head, and needs no deletion', async () => {
        await expect(storage.get('no/such')).rejects.toMatchObject({ code: 'not_found' })
        expect(await storage.head('no/such')).toBeUndefined()
        await storage.delete('no/such')
      })

      test('is gone once it is deleted, with its metadata', async () => {
        await put('a/b', 'x', { metadata: { hash: '1' } })
        await storage.delete('a/b')
        expect(await storage.head('a/b')).toBeUndefined()
        await put('a/b', 'x')
        expect((await storage.head('a/b'))?.metadata).toEqual({})
      })

      test('of many megabytes comes back the same', async () => {
        const sizeBytes = 30 * 1024 * 1024 + 17
        await put('big', streamOf(sizeBytes))
        const whole = await buffer((await storage.get('big')).body)
        expect(whole.equals(Buffer.concat([...bytesOf(sizeBytes)]))).toBe(true)
      })
    })

    describe('a range', () => {
      beforeEach(() => put('a', '0123456789'))

      test.each([
        [{ fromByte: 0 }, '0123456789'],
        [{ fromByte: 7 }, '789'],
        [{ fromByte: 2, sizeBytes: 3 }, '234'],
        [{ fromByte: 8, sizeBytes: 100 }, '89'],
      ])('%j gives %s, and the whole size', async (range, expected) => {
        const { info, body } = await storage.get('a', { range })
        expect([await text(body), info.sizeBytes]).toEqual([expected, 10])
      })

      test.each([{ fromByte: 10 }, { fromByte: -1 }, { fromByte: 0.5 }, { fromByte: 0, sizeBytes: 0 }])(
        '%j is refused',
        async (range) => {
          await expect(storage.get('a', { range })).rejects.toMatchObject({ code: 'invalid' })
        },
      )
    })

    describe('a key', () => {
      test.each([
        'plain.txt',
        'deep/er/and/deeper/file',
        ' spaces and tabs\t/ here ',
        'percent%2Fand+plus&amp;=?#',
        'ünï/文件/😀.dat',
        'a\nline and "quotes" and \\',
        `${'long'.repeat(50)}/${'name'.repeat(50)}`,
        '-n/~/$HOME/*',
        '.hidden/.file',
      ])('can be %j', async (key) => {
        await put(key, key)
        expect(await read(key)).toBe(key)
        expect(await keysOf(storage)).toEqual([key])
        await storage.delete(key)
        expect(await keysOf(storage)).toEqual([])
      })

      test.each(['', '/', '/etc/passwd', 'a/', 'a//b', '.', '..', '../a', 'a/../../b', 'a/./b', 'a\0b', '\ud800'])(
        'cannot be %j',
        async (key) => {
          const refusal = { code: 'invalid', message: expect.stringContaining('cannot be the key of an object') }
          await expect(put(key)).rejects.toMatchObject(refusal)
          await expect(storage.get(key)).rejects.toMatchObject(refusal)
          await expect(storage.head(key)).rejects.toMatchObject(refusal)
          await expect(storage.delete(key)).rejects.toMatchObject(refusal)
        },
      )

      test('cannot be longer than 1024 bytes', async () => {
        await expect(put(`${'ü/'.repeat(341)}ab`)).rejects.toMatchObject({ code: 'invalid' })
      })

      test('and its metadata have names and sizes that every storage takes', async () => {
        await expect(put('a', 'x', { metadata: { Upper: 'x' } })).rejects.toMatchObject({ code: 'invalid' })
        await expect(put('a', 'x', { metadata: { big: 'x'.repeat(2049) } })).rejects.toMatchObject({ code: 'invalid' })
        expect(await storage.head('a')).toBeUndefined()
      })
    })

    describe('a listing', () => {
      const tree = ['a-b', 'a.txt', 'a/1', 'a/10', 'a/2/x', 'a/é', 'a0', 'b/c/d/e', 'b😀', 'b\uffee']

      beforeEach(async () => {
        for (const key of tree) await put(key, key, { metadata: { key: 'x' } })
      })

      test('is in the order of the bytes of the keys, with sizes and times', async () => {
        expect(await keysOf(storage)).toEqual([...tree].sort((a, b) => Buffer.from(a).compare(Buffer.from(b))))
        const infos: ObjectInfo[] = await Array.fromAsync(storage.list('a/2/'))
        const stored = await storage.head('a/2/x')
        expect(infos).toEqual([{ ...stored, metadata: {} }])
      })

      test.each([
        ['a/', ['a/1', 'a/10', 'a/2/x', 'a/é']],
        ['b/c/', ['b/c/d/e']],
        ['none/', []],
        ['a.txt/', []],
      ])('below %s', async (prefix, expected) => {
        expect(await keysOf(storage, prefix)).toEqual(expected)
      })

      test.each(['a', '../', '/', 'a//'])('below %j is refused', async (prefix) => {
        await expect(keysOf(storage, prefix)).rejects.toMatchObject({ code: 'invalid' })
      })

      test('may be shallow: what lies deeper is told by its folder', async () => {
        const shallow = async (prefix: string) => Array.fromAsync(storage.list(prefix, { shallow: true }))
        expect((await shallow('')).map(({ key }) => key)).toEqual(['a-b', 'a.txt', 'a/', 'a0', 'b/', 'b\uffee', 'b😀'])
        expect((await shallow('a/')).map(({ key }) => key)).toEqual(['a/1', 'a/10', 'a/2/', 'a/é'])
        expect(await shallow('b/')).toEqual([{ key: 'b/c/', sizeBytes: 0, modifiedAt: 0, metadata: {} }])
      })

      test('may be left early', async () => {
        for await (const { key } of storage.list('')) {
          expect(key).toBe('a-b')
          break
        }
      })
    })

    describe('a body that fails', () => {
      test('leaves the old object, and its error comes through', async () => {
        await put('a', 'old', { metadata: { hash: '1' } })
        const failing = Readable.from(
          (function* () {
            yield* bytesOf(100_000)
            throw new Error('the source is gone')
          })(),
        )
        await expect(put('a', failing, { metadata: { hash: '2' } })).rejects.toThrow('the source is gone')
        expect(await read('a')).toBe('old')
        expect((await storage.head('a'))?.metadata).toEqual({ hash: '1' })
        expect(await keysOf(storage)).toEqual(['a'])
      })

      test.each([6, 8])('to have the %i bytes that were announced is not stored', async (sizeBytes) => {
        const body = Readable.from([Buffer.from('one '), Buffer.from('two')])
        await expect(put('a', body, { sizeBytes })).rejects.toMatchObject({ code: 'invalid' })
        expect(body.destroyed).toBe(true)
        expect(await storage.head('a')).toBeUndefined()
      })

      test('because its caller gave up is not stored', async () => {
        const giveUp = new AbortController()
        const body = Readable.from(
          (async function* () {
            yield* bytesOf(100_000)
            giveUp.abort()
            yield* bytesOf(100_000)
          })(),
        )
        await expect(put('a', body, { signal: giveUp.signal })).rejects.toMatchObject({ name: 'AbortError' })
        expect(body.destroyed).toBe(true)
        expect(await storage.head('a')).toBeUndefined()
      })
    })

    describe('many small objects', () => {
      const small = (key: string) => ({ key, body: Buffer.from(`of ${key}`), metadata: { hash: key } })
      const keys = Array.from({ length: 60 }, (_, index) => `many/${index % 3 === 0 ? 'é/' : ''}${index}`)
      const many = () => storage.many!

      test('are stored together, each with its bytes and its metadata', async () => {
        expect(await many().put(keys.map(small))).toEqual(keys.map(() => undefined))
        expect((await keysOf(storage, 'many/')).toSorted()).toEqual(keys.toSorted())
        expect(await read('many/é/33')).toBe('of many/é/33')
        expect((await storage.head('many/é/33'))?.metadata).toEqual({ hash: 'many/é/33' })
      })

      test('may have any key and any metadata', async () => {
        const odd = ["a b(1)!*'", '+&=;,@$', '%41?#~^|`', 'tab\tand "quotes"', '文件/🎈', 'x'.repeat(200)]
        const objects = odd.map((key) => ({ ...small(key), metadata: { hash: key } }))
        // Once as the first requests go, and once as those after them.
        for (const _ of [1, 2]) {
          expect(await many().put(objects)).toEqual(odd.map(() => undefined))
          for (const key of odd) expect(await storage.head(key)).toMatchObject({ metadata: { hash: key } })
        }
      })

      test('replace what was there', async () => {
        await many().put(keys.map(small))
        const again = { ...small(keys[7]!), body: Buffer.from('other'), metadata: { hash: '2' } }
        expect(await many().put([again, small('many/x')])).toEqual([undefined, undefined])
        expect(await read(keys[7]!)).toBe('other')
        expect((await storage.head(keys[7]!))?.metadata).toEqual({ hash: '2' })
      })

      test('are told of in the order of the question, with their metadata, and undefined where there is none', async () => {
        const there = keys.filter((_, index) => index % 2 === 0)
        await many().put(there.map(small))
        await put('many/between', 'x')
        const asked = [...keys, 'none/at/all'].toReversed()
        const infos = await many().head(asked)
        expect(infos.map((info) => info instanceof Error || info?.metadata.hash)).toEqual(
          asked.map((key) => (there.includes(key) ? key : undefined)),
        )
      })

      test('may hold one that cannot be, which is an error in its place', async () => {
        const objects = [small('many/1'), { ...small('../etc'), metadata: {} }, small('many/2')]
        const refusal = { code: 'invalid', message: expect.stringContaining('cannot be the key of an object') }
        expect(await many().put(objects)).toMatchObject([undefined, refusal, undefined])
        expect(await many().head(objects.map(({ key }) => key))).toMatchObject([{ sizeBytes: 9 }, refusal, {}])
      })
    })

    test('a reader who gives up ends the stream', async () => {
      await put('a', streamOf(5_000_000))
      const giveUp = new AbortController()
      const { body } = await storage.get('a', { signal: giveUp.signal })
      const reading = buffer(body)
      giveUp.abort()
      await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
      expect(body.destroyed).toBe(true)
    })
  })
}
