import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { BandwidthLimiter } from '../../../src/object-storage/bandwidth.ts'
import { HandClock } from '../../support/clock.ts'

const MB = 1_000_000

/** Turns the clock in small steps, and lets what waits on promises run in between. */
async function pass(clock: HandClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10) {
    clock.turn(Math.min(left, 10))
    for (let round = 0; round < 10; round++) await setImmediate()
  }
}

/** A stream that takes 10 KB at a time, for ever; answers what it has got. */
function startTaker(limiter: BandwidthLimiter, sizeBytes = 10_000) {
  const taker = { bytes: 0, stop: new AbortController() }
  const run = async () => {
    for (;;) {
      await limiter.take(sizeBytes, taker.stop.signal)
      taker.bytes += sizeBytes
    }
  }
  run().catch(() => undefined)
  return taker
}

describe('a limit of bandwidth', () => {
  test('holds over all streams together, and each gets its share', async () => {
    const clock = new HandClock()
    const limiter = new BandwidthLimiter(MB, clock)
    const takers = [startTaker(limiter), startTaker(limiter), startTaker(limiter, 500_000), startTaker(limiter)]
    await pass(clock, 10_000)
    const got = takers.map(({ bytes }) => bytes)
    const total = got.reduce((sum, bytes) => sum + bytes, 0)
    expect(total).toBeGreaterThan(9 * MB)
    expect(total).toBeLessThan(10.5 * MB)
    // The big one takes slices of 62,500 by turns with three that take 10,000: large, but it starves nobody.
    expect(Math.min(...got)).toBeGreaterThan(MB)
    for (const { stop } of takers) stop.abort()
  })

  test('can be changed while streams wait', async () => {
    const clock = new HandClock()
    const limiter = new BandwidthLimiter(1_000, clock)
    const taker = startTaker(limiter)
    await pass(clock, 2_000)
    expect(taker.bytes).toBeLessThanOrEqual(10_000)
    limiter.bytesPerSecond = MB
    await pass(clock, 1_000)
    expect(taker.bytes).toBeGreaterThan(0.9 * MB)
    expect(taker.bytes).toBeLessThan(1.3 * MB)
    taker.stop.abort()
  })

  test('can be taken away while streams wait', async () => {
    const limiter = new BandwidthLimiter(1, new HandClock())
    const taking = limiter.take(10 * MB)
    limiter.bytesPerSecond = null
    await taking
    expect(limiter.bytesPerSecond).toBeNull()
  })

  test('lets a pause save up no more than a tenth of a second', async () => {
    const clock = new HandClock()
    const limiter = new BandwidthLimiter(MB, clock)
    await pass(clock, 60_000)
    const taker = startTaker(limiter)
    await pass(clock, 1_000)
    expect(taker.bytes).toBeLessThan(1.2 * MB)
    taker.stop.abort()
  })

  test('is not used up by who gives up waiting', async () => {
    const clock = new HandClock()
    const limiter = new BandwidthLimiter(1_000, clock)
    await limiter.take(100)
    const giveUp = new AbortController()
    const waiting = limiter.take(MB, giveUp.signal)
    giveUp.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    const next = limiter.take(10)
    await pass(clock, 100)
    await next
  })

  test('slows a stream down and changes nothing in it', async () => {
    const clock = new HandClock()
    const limiter = new BandwidthLimiter(100_000, clock)
    const bytes = Buffer.from(Array.from({ length: 250_000 }, (_, place) => place % 251))
    const done = buffer(Readable.from([bytes]).pipe(limiter.stream())).then((whole) => ({ whole, at: clock.now() }))
    const before = clock.now()
    await pass(clock, 4_000)
    const { whole, at } = await done
    expect(whole.equals(bytes)).toBe(true)
    expect(at - before).toBeGreaterThan(2_000)
    expect(at - before).toBeLessThan(3_000)
  })

  test('lets go of a stream that is destroyed while it waits', async () => {
    const clock = new HandClock()
    const limiter = new BandwidthLimiter(1_000, clock)
    const stream = limiter.stream()
    stream.write(Buffer.alloc(50_000))
    stream.destroy()
    const next = limiter.take(10)
    await pass(clock, 2_000)
    await next
  })
})
