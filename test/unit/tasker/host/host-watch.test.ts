import { expect, test, vi } from 'vitest'
import { HOST_INTERVAL_MS, watchHost } from '../../../../src/tasker/host/host-watch.ts'
import { HandClock } from '../../../support/clock.ts'

test('the host is looked at every five seconds, against the look before', () => {
  const clock = new HandClock()
  const tell = vi.fn()
  let bytes = 0
  const read = (atMs: number) => {
    bytes += 10_000
    const network = new Map([['eth0', bytes]])
    const disks = { read: new Map(), written: new Map() }
    return { atMs, loadAverage: [0, 0, 0] as const, cpu: { busy: 0, total: 0 }, usedRamMb: 1, network, disks }
  }
  watchHost({ clock, tell, read })
  expect(tell).not.toHaveBeenCalled()
  clock.turn(2 * HOST_INTERVAL_MS)
  expect(tell).toHaveBeenCalledTimes(2)
  const host = expect.objectContaining({ networkBytesPerSecond: 2000 })
  expect(tell).toHaveBeenLastCalledWith({ at: clock.now(), host, runs: [] })
})
