/** Processors, memory and accelerators of this machine, as far as Linux tells; what it does not tell is guessed. */

import { readdirSync, readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Accelerator, Topology } from './cluster.ts'
import type { Machine } from './host-cluster.ts'

interface Thread {
  number: number
  socket: number
  die: number
  core: number
}

const MOST_THREADS = 65_536

/** `root` holds proc and sys; another one than `/` is for tests. */
export function readMachine(root = '/'): Machine {
  return { processorType: readProcessorType(root), topology: readTopology(root), ramMb: readRamMb() }
}

function readProcessorType(root: string): string {
  const named = /^(?:model name|Model|cpu model|Hardware)\s*:\s*(.+)$/m.exec(read(root, 'proc/cpuinfo'))?.[1]
  return (named ?? cpus()[0]?.model ?? 'unknown').trim().replace(/\s+/g, ' ')
}

function readTopology(root: string): Topology {
  const threads = readThreads(root)
  const socket = groups(threads, (thread) => `${thread.socket}`)
  return {
    node: threads.map(({ number }) => number),
    socket,
    memoryDomain: readMemoryDomains(root) ?? socket,
    die: groups(threads, (thread) => `${thread.socket} ${thread.die}`),
    core: groups(threads, (thread) => `${thread.socket} ${thread.die} ${thread.core}`),
    accelerators: readAccelerators(root),
  }
}

function readThreads(root: string): Thread[] {
  const told = parseCpuList(read(root, 'sys/devices/system/cpu/online')) ?? processorsOf(read(root, 'proc/cpuinfo'))
  const numbers = told.length > 0 ? told : Array.from({ length: Math.max(1, cpus().length) }, (_, number) => number)
  return numbers.map((number) => readThread(root, number))
}

function processorsOf(cpuinfo: string): number[] {
  return [...cpuinfo.matchAll(/^processor\s*:\s*(\d{1,6})$/gm)].map(([, number]) => Number(number))
}

/** A thread of which nothing is known is a core of its own. */
function readThread(root: string, number: number): Thread {
  const told = (name: string) => Number.parseInt(read(root, `sys/devices/system/cpu/cpu${number}/topology/${name}`), 10)
  const atLeastZero = (value: number, otherwise: number) => (value >= 0 ? value : otherwise)
  return {
    number,
    socket: atLeastZero(told('physical_package_id'), 0),
    die: atLeastZero(told('die_id'), 0),
    core: atLeastZero(told('core_id'), number),
  }
}

function groups(threads: readonly Thread[], keyOf: (thread: Thread) => string): number[][] {
  const byKey = Map.groupBy(threads, keyOf)
  return [...byKey.values()].map((members) => members.map(({ number }) => number))
}

function readMemoryDomains(root: string): number[][] | undefined {
  const folder = 'sys/devices/system/node'
  const nodes = entries(root, folder).filter((name) => /^node\d+$/.test(name))
  const byNumber = nodes.toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
  const domains = byNumber.map((name) => parseCpuList(read(root, `${folder}/${name}/cpulist`)) ?? [])
  const filled = domains.filter((threads) => threads.length > 0)
  return filled.length > 0 ? filled : undefined
}

/** `0-3,8-11`; undefined for what is none. */
function parseCpuList(text: string): number[] | undefined {
  if (!/^\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?)*\s*$/.test(text)) return undefined
  const ranges = text.split(',').map((range) => range.split('-').map(Number))
  const numbers = ranges.flatMap(([first = 0, last = first]) =>
    Array.from({ length: Math.max(0, Math.min(last - first + 1, MOST_THREADS)) }, (_, index) => first + index),
  )
  return numbers.slice(0, MOST_THREADS)
}

/** By the PCI address, in the spelling of cc-metric-collector's nvidia collector. */
function readAccelerators(root: string): Accelerator[] {
  const folder = 'proc/driver/nvidia/gpus'
  return entries(root, folder).map((address) => {
    const model = /^Model:\s*(.+)$/m.exec(read(root, `${folder}/${address}/information`))?.[1]
    return { id: longAddress(address), type: 'Nvidia GPU', model: model?.trim() ?? 'unknown' }
  })
}

/** The domain of a PCI address has eight digits there, and four in /proc. */
function longAddress(address: string): string {
  const [domain = '', ...rest] = address.split(':')
  return [domain.padStart(8, '0'), ...rest].join(':').toUpperCase()
}

/** A container may have less than its host. */
function readRamMb(): number {
  const limit = process.constrainedMemory()
  return Math.floor((limit > 0 ? Math.min(totalmem(), limit) : totalmem()) / 2 ** 20)
}

function read(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return ''
  }
}

function entries(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder)).toSorted()
  } catch {
    return []
  }
}
