/** The processes of this host, read from /proc in one pass. */

import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'

/** One line of proc(5) /proc/PID/stat, as far as it is needed here. */
export interface Process {
  pid: number
  /** Name of the program file, at most 15 characters. */
  name: string
  state: string
  parent: number
  group: number
  session: number
  /** Ticks since boot; tells a process from an earlier one with the same pid. */
  startTime: string
  /** Its own and that of the children it has waited for. */
  cpuMs: number
  ramMb: number
  threads: number
}

/** Bytes that a process, and the children it has waited for, moved (proc(5) /proc/PID/io). */
export interface Transfers {
  readBytes: number
  writtenBytes: number
}

export type ProcessTable = ReadonlyMap<number, Process>

/** Clock ticks a second that /proc counts in: 100 on every Linux (USER_HZ). */
const TICK_MS = 10

/** Every living process; zombies are left out. */
export function readProcesses(): ProcessTable {
  const table = new Map<number, Process>()
  for (const entry of readdirSync('/proc')) {
    if (entry.charCodeAt(0) > 57) continue
    const found = readProcess(Number(entry))
    if (found && found.state !== 'Z' && found.state !== 'X') table.set(found.pid, found)
  }
  return table
}

/** undefined when there is no such process. */
export function readProcess(pid: number): Process | undefined {
  const text = readShortFile(pid, 'stat')
  return text === '' ? undefined : parseStat(text)
}

/** The environment a process was started with, `NAME=value`; empty where it may not be read. */
export function readEnvironment(pid: number): string[] {
  return readProcFile(pid, 'environ').split('\0')
}

/** undefined where they may not be read. */
export function readTransfers(pid: number): Transfers | undefined {
  return parseTransfers(readShortFile(pid, 'io'))
}

/** Changes with every boot, so that a pid with a start time is unmistakable also after one. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
}

export function parseStat(text: string): Process {
  const nameEnd = text.lastIndexOf(')')
  const fields = text.slice(nameEnd + 2).split(' ')
  /** By the number that proc(5) gives it; the first here is the third there. */
  const number = (field: number) => Number(fields[field - 3])
  return {
    pid: Number.parseInt(text, 10),
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    state: fields[0] ?? '',
    parent: number(4),
    group: number(5),
    session: number(6),
    startTime: fields[22 - 3] ?? '',
    cpuMs: (number(14) + number(15) + number(16) + number(17)) * TICK_MS,
    ramMb: number(24) * pageMb(),
    threads: number(20),
  }
}

/**
 * What was asked to be read and written (rchar, wchar), as Slurm counts it: read_bytes and write_bytes know only this
 * host's block devices, and nothing of file systems in memory, on the network or in user space.
 */
export function parseTransfers(text: string): Transfers | undefined {
  const found = /^rchar: (\d+)\nwchar: (\d+)$/m.exec(text)
  return found ? { readBytes: Number(found[1]), writtenBytes: Number(found[2]) } : undefined
}

let knownPageMb: number | undefined

function pageMb(): number {
  if (knownPageMb === undefined) {
    const found = /^KernelPageSize:\s+(\d+) kB/m.exec(readProcFile('self', 'smaps'))
    knownPageMb = Number(found?.[1] ?? 4) / 1024
  }
  return knownPageMb
}

function readProcFile(pid: number | 'self', name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1')
  } catch {
    return ''
  }
}

/** Ten times what such a file has. */
const SHORT = Buffer.allocUnsafeSlow(16_384)

/** As `readProcFile` in three calls of the system instead of five: a look reads two files of every process. */
function readShortFile(pid: number, name: 'stat' | 'io'): string {
  let fd = -1
  try {
    fd = openSync(`/proc/${pid}/${name}`, 'r')
    return SHORT.toString('latin1', 0, readSync(fd, SHORT, 0, SHORT.length, 0))
  } catch {
    return ''
  } finally {
    if (fd >= 0) closeSync(fd)
  }
}
