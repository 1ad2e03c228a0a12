/**
 * What was started and how it ended, on disk, so that neither a kill of the tasker nor one of the server loses an end or
 * starts an attempt twice. Plain writes without fsync: they survive a killed process, and a power cut ends the jobs anyway.
 */

import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { messageOf, systemCodeOf } from '../base/errors.ts'
import type { Attempt } from '../executor/executor.ts'
import type { LineLog } from '../executor/resident/line-log.ts'
import type { ProcessIdentity } from '../executor/resident/process/process-identity.ts'
import { type Entry, type Known, keyOf, readEntry } from './journal-entry.ts'

/** Rewritten when this much, and four times what it then held, was added. */
const REWRITE_BYTES = 1 << 20

export class Journal {
  readonly #path: string
  readonly #log: LineLog
  readonly #known = new Map<string, Known>()
  #epoch = ''
  #forker: ProcessIdentity | undefined
  #fd = -1
  #unwritten: string[] = []
  #addedBytes = 0
  #limitBytes = REWRITE_BYTES

  /** @throws plain error when the file is there and cannot be read */
  constructor(path: string, log: LineLog) {
    this.#path = path
    this.#log = log
    for (const line of readLines(path)) this.#replay(line)
    this.add({ kind: 'epoch', epoch: this.#epoch || randomUUID() })
    this.flush()
  }

  /** Changes when the journal was lost, and with it the knowledge of what was started. */
  get epoch(): string {
    return this.#epoch
  }

  /** The program that forked for the tasker before this one. */
  get forker(): ProcessIdentity | undefined {
    return this.#forker
  }

  get(attempt: Attempt): Known | undefined {
    return this.#known.get(keyOf(attempt))
  }

  known(): Known[] {
    return [...this.#known.values()]
  }

  get size(): number {
    return this.#known.size
  }

  add(entry: Entry): void {
    this.#apply(entry)
    this.#unwritten.push(JSON.stringify(entry))
  }

  /** Writes what was added. False when the disk does not take it: memory stays right, and the next flush tries again. */
  flush(): boolean {
    if (this.#unwritten.length === 0) return true
    try {
      if (this.#fd < 0 || this.#addedBytes > this.#limitBytes) this.#rewrite()
      else this.#append()
      return true
    } catch (error) {
      this.#log('error', `cannot write the journal: ${messageOf(error)}`)
      this.#close()
      return false
    }
  }

  #append(): void {
    const text = `${this.#unwritten.join('\n')}\n`
    writeAll(this.#fd, text)
    this.#addedBytes += text.length
    this.#unwritten = []
  }

  /** A new file with only what still counts; also the way back after a write that failed half-way. */
  #rewrite(): void {
    const draft = `${this.#path}.new`
    const text = `${this.#snapshot()
      .map((entry) => JSON.stringify(entry))
      .join('\n')}\n`
    const fd = openSync(draft, 'w', 0o600)
    try {
      writeAll(fd, text)
      renameSync(draft, this.#path)
    } catch (error) {
      closeSync(fd)
      throw error
    }
    this.#close()
    this.#fd = fd
    this.#unwritten = []
    this.#addedBytes = 0
    this.#limitBytes = Math.max(REWRITE_BYTES, 4 * text.length)
  }

  #snapshot(): Entry[] {
    const entries: Entry[] = [{ kind: 'epoch', epoch: this.#epoch }]
    if (this.#forker) entries.push({ kind: 'forker', process: this.#forker })
    for (const { jobId, attempt, process, end } of this.#known.values()) {
      entries.push({ kind: 'intent', jobId, attempt })
      if (process) entries.push({ kind: 'started', jobId, attempt, process })
      if (end) entries.push({ kind: 'end', end })
    }
    return entries
  }

  #replay(line: string): void {
    const entry = readEntry(line)
    if (entry) this.#apply(entry)
    else this.#log('warn', `a line of the journal was cut short and is ignored: ${line.slice(0, 200)}`)
  }

  #apply(entry: Entry): void {
    switch (entry.kind) {
      case 'epoch':
        this.#epoch = entry.epoch
        break
      case 'forker':
        this.#forker = entry.process
        break
      case 'intent':
        this.#known.set(keyOf(entry), { jobId: entry.jobId, attempt: entry.attempt })
        break
      case 'started':
        this.#update(entry, { process: entry.process })
        break
      case 'end':
        this.#update(entry.end, { end: entry.end })
        break
      case 'forget':
        this.#known.delete(keyOf(entry))
    }
  }

  #update({ jobId, attempt }: Attempt, change: Partial<Known>): void {
    const key = keyOf({ jobId, attempt })
    this.#known.set(key, { jobId, attempt, ...this.#known.get(key), ...change })
  }

  #close(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return []
    throw error
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}
