import { describe, expect, test } from 'vitest'
import { busyPercent, parseCpuTimes } from '../../../../src/tasker/host/cpu-times.ts'
import { parseDisks } from '../../../../src/tasker/host/disk.ts'
import { type HostReading, readHost, sampleBetween } from '../../../../src/tasker/host/host-reading.ts'
import { parseUsedRamMb } from '../../../../src/tasker/host/memory.ts'
import { outward, parseNetwork } from '../../../../src/tasker/host/network.ts'

/** Recorded on a machine with two cores, Linux 6.18; the last two lines of the disks from one with an NVMe disk. */
const STAT = `cpu  477044 650 273438 1578865 8720 0 16959 250 0 0
cpu0 241045 389 143706 784000 1237 0 7613 128 0 0
cpu1 235998 261 129731 794865 7483 0 9346 121 0 0
intr 18227920 0 0 0
ctxt 44912563
`
const MEMINFO = `MemTotal:       24684096 kB
MemFree:        22708812 kB
MemAvailable:   23848432 kB
Buffers:           31236 kB
HugePages_Total:       0
`
const NET_DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 18622864208 49831771    0    0    0     0          0         0 18622864208 49831771    0    0    0     0       0          0
  ifb0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0: 1894520766   58940    0    0    0     0          0         0  6142146   41800    0    0    0     0       0          0
`
const DISKSTATS = `   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
 254       0 vda 537637 49200 17410810 557909 2325899 448906 120750784 336993 1 178540 946637 222083 100 29127784 17188 813298 34546
 259       0 nvme0n1 100 0 2000 10 50 0 4000 20 0 30 30
 259       1 nvme0n1p1 90 0 1900 9 49 0 3900 19 0 29 29
`

describe('recorded texts', () => {
  test('cores are busy in user and kernel mode, and not while they wait or are taken', () => {
    const times = parseCpuTimes(STAT)
    expect(times).toEqual({ busy: 477_044 + 650 + 273_438 + 16_959, total: 2_355_926 })
  })

  test('memory is used that is not available', () => {
    expect(parseUsedRamMb(MEMINFO)).toBeCloseTo((24_684_096 - 23_848_432) / 1024)
  })

  test('an interface counts both ways', () => {
    expect(parseNetwork(NET_DEV)).toEqual(
      new Map([
        ['lo', 2 * 18_622_864_208],
        ['ifb0', 0],
        ['eth0', 1_894_520_766 + 6_142_146],
      ]),
    )
  })

  test('a disk counts in sectors of 512 bytes, and its partitions not again', () => {
    const { read, written } = parseDisks(DISKSTATS, (name) => ['vda', 'nvme0n1'].includes(name))
    expect(read).toEqual(
      new Map([
        ['vda', 17_410_810 * 512],
        ['nvme0n1', 2000 * 512],
      ]),
    )
    expect(written.get('vda')).toBe(120_750_784 * 512)
  })

  test.each([parseCpuTimes, parseUsedRamMb, parseNetwork])('%o reads nothing out of nothing', (parse) => {
    expect([{ busy: 0, total: 0 }, 0, new Map()]).toContainEqual(parse(''))
  })
})

describe('interfaces that lead outward', () => {
  const names = ['lo', 'eth0', 'eth0.12', 'bond0', 'docker0', 'veth1a2b', 'br-12ab', 'wlan0']

  test('are those with a device', () => {
    expect(outward(names, (name) => name === 'eth0')).toEqual(['eth0'])
  })

  test('are in a container those that are not made up of others', () => {
    expect(outward(names, () => false)).toEqual(['eth0', 'wlan0'])
  })
})

describe('between two readings', () => {
  const reading = (changes: Partial<HostReading>): HostReading => ({
    ...{ atMs: 1000, loadAverage: [1, 2, 3], cpu: { busy: 10, total: 100 }, usedRamMb: 500, network: new Map() },
    ...{ disks: { read: new Map(), written: new Map() }, ...changes },
  })

  test('rates are by the second, over the devices that were there both times', () => {
    const before = reading({
      network: new Map([
        ['eth0', 100],
        ['gone', 5],
      ]),
    })
    const after = reading({
      ...{ atMs: 3000, cpu: { busy: 60, total: 200 }, usedRamMb: 700 },
      network: new Map([
        ['eth0', 300],
        ['new', 9999],
      ]),
      disks: { read: new Map([['vda', 4]]), written: new Map([['vda', 4]]) },
    })
    expect(sampleBetween(before, after)).toEqual({
      ...{ loadAverage: [1, 2, 3], cpuPercent: 50, usedRamMb: 700 },
      ...{ networkBytesPerSecond: 100, diskReadBytesPerSecond: 0, diskWrittenBytesPerSecond: 0 },
    })
  })

  test('what is counted anew makes nothing negative', () => {
    const before = reading({ network: new Map([['eth0', 100]]), cpu: { busy: 50, total: 100 } })
    const after = reading({ atMs: 2000, network: new Map([['eth0', 1]]), cpu: { busy: 40, total: 120 } })
    expect(sampleBetween(before, after)).toMatchObject({ cpuPercent: 0, networkBytesPerSecond: 0 })
    expect(busyPercent(after.cpu, after.cpu)).toBe(0)
    expect(sampleBetween(before, before)).toMatchObject({ networkBytesPerSecond: 0 })
  })
})

test('this host can be read', () => {
  const { cpu, usedRamMb, loadAverage } = readHost(0)
  expect(cpu.busy).toBeGreaterThan(0)
  expect(cpu.total).toBeGreaterThan(cpu.busy)
  expect(usedRamMb).toBeGreaterThan(10)
  expect(loadAverage).toHaveLength(3)
})
