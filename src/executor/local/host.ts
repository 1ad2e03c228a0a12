/** What this machine has, and how busy it is. */

import { readFileSync } from 'node:fs'
import { arch, availableParallelism, hostname, loadavg, release, totalmem, type } from 'node:os'
import type { Clock } from '../../base/clock.ts'
import type { Host } from '../executor.ts'

export interface HostOptions {
  /** Names the host; its own short name if absent. */
  hostName?: string
  /** Jobs that may run at once, as many as cores if absent. */
  slots?: number
  /** RAM for jobs in MB, all there is if absent. */
  ramMb?: number
}

/** A reading is good for this long. */
const FRESH_MS = 1000

/** A function that answers the host as it is, read anew at most once a second. */
export function watchHost(options: HostOptions, clock: Clock): (up: boolean) => Host {
  const fixed = describeHost(options, clock)
  let busy = readBusy()
  let readAtMs = clock.monotonicMs()
  return (up) => {
    if (clock.monotonicMs() - readAtMs > FRESH_MS) {
      busy = readBusy()
      readAtMs = clock.monotonicMs()
    }
    return { ...fixed, ...busy, up }
  }
}

function describeHost({ hostName, slots, ramMb }: HostOptions, clock: Clock) {
  const fullName = hostname()
  const name = (hostName ?? fullName.split('.')[0] ?? fullName).toLowerCase()
  const cores = availableParallelism()
  const memory = readMemory()
  const ram = ramMb ?? limitMb(memory)
  // Who sets more slots than there are cores wants that many jobs at once (Hardware Resources: capacity follows SLOTS/N).
  const capacity = {
    SLOTS: slots ?? cores,
    CORES: Math.max(cores, slots ?? 0),
    RAM: ram,
    SWAP: memory.SwapTotal ?? 0,
    PERCENT: 100,
  }
  const attributes = {
    ...{ ARCH: arch(), OS: type().toLowerCase(), OSCLASS: 'unix', OSVERSION: release() },
    ...{ HOST: name, NAME: name, MACHINE: fullName },
  }
  return { name, capacity, attributes, bootedAt: readBootTime(clock) }
}

function readBusy(): Pick<Host, 'loadAverage' | 'freeRamMb'> {
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  return { loadAverage: [one, five, fifteen], freeRamMb: readMemory().MemAvailable ?? 0 }
}

/** A container may have less than its host. */
function limitMb(memory: Record<string, number>): number {
  const hostMb = memory.MemTotal ?? totalmem() / 2 ** 20
  const limit = process.constrainedMemory()
  return Math.floor(limit > 0 ? Math.min(hostMb, limit / 2 ** 20) : hostMb)
}

/** Amounts of /proc/meminfo in MB. */
function readMemory(): Record<string, number> {
  const lines = readFileSync('/proc/meminfo', 'latin1').matchAll(/^(\w+):\s+(\d+) kB$/gm)
  return Object.fromEntries([...lines].map(([, name = '', kb]) => [name, Math.floor(Number(kb) / 1024)]))
}

function readBootTime(clock: Clock): number {
  const found = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))
  return found ? Number(found[1]) * 1000 : clock.now()
}
