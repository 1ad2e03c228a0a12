/** What this host has counted since its boot, and how busy it was between two readings. */

import { existsSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import type { HostSample } from '../../executor/executor.ts'
import { busyPercent, type CpuTimes, parseCpuTimes } from './cpu-times.ts'
import { type DiskBytes, parseDisks } from './disk.ts'
import { parseUsedRamMb } from './memory.ts'
import { outward, parseNetwork } from './network.ts'

export interface HostReading {
  /** On the monotonic clock. */
  atMs: number
  loadAverage: HostSample['loadAverage']
  cpu: CpuTimes
  usedRamMb: number
  /** Bytes by interface. */
  network: ReadonlyMap<string, number>
  disks: DiskBytes
}

/** What the host does not tell is 0. */
export function readHost(atMs: number): HostReading {
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  const network = parseNetwork(read('/proc/net/dev'))
  const names = outward([...network.keys()], (name) => existsSync(`/sys/class/net/${name}/device`))
  return {
    atMs,
    loadAverage: [one, five, fifteen],
    cpu: parseCpuTimes(read('/proc/stat')),
    usedRamMb: parseUsedRamMb(read('/proc/meminfo')),
    network: new Map(names.map((name) => [name, network.get(name) ?? 0])),
    disks: parseDisks(read('/proc/diskstats'), isWholeDisk),
  }
}

export function sampleBetween(before: HostReading, after: HostReading): HostSample {
  const seconds = (after.atMs - before.atMs) / 1000
  const { loadAverage, usedRamMb } = after
  return {
    loadAverage,
    cpuPercent: busyPercent(before.cpu, after.cpu),
    usedRamMb,
    networkBytesPerSecond: rate(before.network, after.network, seconds),
    diskReadBytesPerSecond: rate(before.disks.read, after.disks.read, seconds),
    diskWrittenBytesPerSecond: rate(before.disks.written, after.disks.written, seconds),
  }
}

/** Over what was there both times; a device that came back begins at nothing. */
function rate(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, seconds: number): number {
  const rises = [...after].map(([name, count]) => Math.max(0, count - (before.get(name) ?? count)))
  return seconds > 0 ? rises.reduce((sum, rise) => sum + rise, 0) / seconds : 0
}

/** A partition is below its disk, and what is put together of disks (dm, md, loop, zram) has no device of its own. */
function isWholeDisk(name: string): boolean {
  return existsSync(`/sys/block/${name.replaceAll('/', '!')}/device`)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
