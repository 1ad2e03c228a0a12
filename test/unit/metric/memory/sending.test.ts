import { expect, test } from 'vitest'
import { Pieces, Sending } from '../../../../src/metric/memory/sending.ts'
import type { Thread } from '../../../../src/metric/memory/thread.ts'

const MEGABYTE = 1 << 20

/** A thread that answers a piece when the test says so. */
function slowThread() {
  const pieces: { bytes: Uint8Array; answer(error?: Error): void }[] = []
  const ask = (_kind: string, { bytes }: { bytes: Uint8Array<ArrayBuffer> }) =>
    new Promise((resolve, reject) => {
      const { length } = bytes
      const buffer = structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
      const sent = new Uint8Array(buffer, 0, length).slice()
      pieces.push({ bytes: sent, answer: (error) => (error ? reject(error) : resolve(buffer)) })
    })
  return { pieces, thread: { ask } as unknown as Thread }
}

const turn = () => new Promise((next) => setImmediate(next))

test('a fast sender waits when a megabyte is underway, and goes on when it is read', async () => {
  const { pieces, thread } = slowThread()
  const sending = new Sending(thread, new Pieces(), 1)
  let isDone = false
  const adding = sending.add(new Uint8Array(2 * MEGABYTE)).then(() => {
    isDone = true
  })
  await turn()
  expect(isDone).toBe(false)
  expect(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(MEGABYTE)
  for (let next = 0; !isDone; next += 1) {
    pieces[next]?.answer()
    await turn()
  }
  await adding
})

test('pieces go in their order, whoever else sends', async () => {
  const { pieces, thread } = slowThread()
  const shared = new Pieces()
  const other = new Sending(thread, shared, 1).add(new Uint8Array(2 * MEGABYTE).fill(255))
  const sending = new Sending(thread, shared, 2)
  const adding = (async () => {
    for (let index = 0; index < 40; index += 1) await sending.add(new Uint8Array(20_000).fill(index))
    await sending.end()
  })()
  for (let next = 0; next < 60; next += 1) {
    await turn()
    pieces[next]?.answer()
  }
  await Promise.all([other, adding])
  const sent = pieces.flatMap(({ bytes }) => [...bytes]).filter((byte) => byte !== 255)
  expect(sent).toEqual(Array.from({ length: 40 * 20_000 }, (_, index) => Math.floor(index / 20_000)))
})

test('single bytes are gathered while a piece is underway, and the first is not held back', async () => {
  const { pieces, thread } = slowThread()
  const sending = new Sending(thread, new Pieces(), 1)
  for (let byte = 0; byte < 100; byte += 1) await sending.add(Uint8Array.of(byte))
  expect(pieces.map(({ bytes }) => bytes.length)).toEqual([1])
  pieces[0]!.answer()
  await turn()
  expect(pieces.map(({ bytes }) => bytes.length)).toEqual([1, 99])
})

test('a chunk may be used again by whoever it came from', async () => {
  const { pieces, thread } = slowThread()
  const pool = Buffer.from('abcdef')
  await new Sending(thread, new Pieces(), 1).add(pool.subarray(1, 3))
  expect(pool.toString()).toBe('abcdef')
  expect(Buffer.from(pieces[0]!.bytes).toString()).toBe('bc')
})

test('a refusal reaches the sender, at the latest at the end', async () => {
  const { pieces, thread } = slowThread()
  const sending = new Sending(thread, new Pieces(), 1)
  await sending.add(Uint8Array.of(1))
  const ending = sending.end()
  pieces[0]!.answer(new Error('no such field'))
  await expect(ending).rejects.toThrow('no such field')
  await expect(sending.add(Uint8Array.of(2))).rejects.toThrow('no such field')
})
