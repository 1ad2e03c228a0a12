/**
 * Makes the values in memory outlive the process: a log of what comes, written at least once an interval, and from time to time
 * a snapshot after which the older logs go. A disk that cannot be written is told of once; the store goes on from memory.
 */

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant } from '../../../base/clock.ts'
import { DomainError, messageOf } from '../../../base/errors.ts'
import type { Series } from '../series.ts'
import type { Tree } from '../tree.ts'
import { LOG_MAGIC, SNAPSHOT_MAGIC } from './record.ts'
import { Recovery } from './recovery.ts'
import { isWhole, writeSnapshot } from './snapshot.ts'
import { ValueLog } from './value-log.ts'

/** Logs are read again at a start: they go when they are this large, and larger than what they are about. */
const SNAPSHOT_AFTER_BYTES = 32 << 20
const SNAPSHOT_AFTER_LOGS = 16
/** Intervals between two tries of a snapshot that fails, at most. */
const LONGEST_PAUSE = 64
const FILE = /^(\d{1,15})\.(log|snapshot)$/

export interface CheckpointParts {
  directory: string
  tree: Tree
  limitBytes: number
  /** What is wrong with the disk, or null when it is well again. */
  report(trouble: string | null): void
}

interface StoredFile {
  path: string
  sequence: number
  kind: string
  bytes: number
}

export class Checkpoints {
  readonly #parts: CheckpointParts
  #epoch = 0
  #sequence = 0
  #log: ValueLog
  /** Logs that the newest snapshot does not cover, but the present one. */
  #olderLogs = 0
  #olderBytes = 0
  #snapshot: Promise<boolean> | undefined
  #pause = 0
  #untilNextTry = 0
  #isTroubled = false

  constructor(parts: CheckpointParts) {
    this.#parts = parts
    this.#log = this.#newLog()
  }

  /** Reads what an earlier process left; what cannot be read is told of and left where it is. */
  load(): void {
    const files = this.#files()
    const snapshot = files.findLast((file) => file.kind === 'snapshot' && this.#isWhole(file))
    const logs = files.filter(({ kind, sequence }) => kind === 'log' && sequence >= (snapshot?.sequence ?? 0))
    const recovery = new Recovery(this.#parts.tree, this.#parts.limitBytes)
    if (snapshot) this.#try(() => recovery.read(snapshot.path, SNAPSHOT_MAGIC))
    for (const { path } of logs) this.#try(() => recovery.read(path, LOG_MAGIC))
    this.#parts.tree.survey()
    this.#olderLogs = logs.length
    this.#olderBytes = logs.reduce((sum, { bytes }) => sum + bytes, 0)
    this.#sequence = files.at(-1)?.sequence ?? 0
    this.#log = this.#newLog()
  }

  add(series: Series, at: Instant, value: number): void {
    this.#log.add(series, at, value)
  }

  drop(series: Series, before: Instant): void {
    this.#log.drop(series, before)
  }

  /** Once an interval. */
  async tick(): Promise<void> {
    if (!this.#flush()) return
    if (this.#log.isLosing || this.#isLongEnough()) await this.#tryAgain()
  }

  /** @throws unavailable when the disk cannot be written */
  async checkpoint(): Promise<void> {
    const advice = 'measured values are kept in memory alone; see to the disk of the data directory'
    if (!this.#flush()) throw new DomainError('unavailable', advice)
    while (this.#log.isLosing) if (!(await this.#takeSnapshot())) throw new DomainError('unavailable', advice)
  }

  async close(): Promise<void> {
    await this.#snapshot
    this.#flush()
    this.#log.close()
  }

  #newLog(): ValueLog {
    this.#sequence += 1
    const path = join(this.#parts.directory, `${this.#sequence}.log`)
    return new ValueLog(path, () => {
      this.#epoch += 1
      return this.#epoch
    })
  }

  #flush(): boolean {
    const written = this.#try(() => this.#log.flush())
    if (written && !this.#log.isLosing) this.#recover()
    return written
  }

  #isLongEnough(): boolean {
    const bytes = this.#olderBytes + this.#log.bytes
    const logs = this.#olderLogs + (this.#log.bytes > 0 ? 1 : 0)
    return bytes > Math.max(SNAPSHOT_AFTER_BYTES, this.#parts.tree.bytes) || logs > SNAPSHOT_AFTER_LOGS
  }

  async #tryAgain(): Promise<void> {
    this.#untilNextTry -= 1
    if (this.#untilNextTry > 0) return
    const taken = await this.#takeSnapshot()
    this.#pause = taken ? 0 : Math.min(Math.max(1, this.#pause * 2), LONGEST_PAUSE)
    this.#untilNextTry = this.#pause
  }

  /** Whether it is on the disk; two who ask at the same time get the same one. */
  #takeSnapshot(): Promise<boolean> {
    this.#snapshot ??= this.#rotate().then(
      () => this.#endSnapshot(true),
      (error) => {
        this.#suffer(error)
        return this.#endSnapshot(false)
      },
    )
    return this.#snapshot
  }

  #endSnapshot(taken: boolean): boolean {
    this.#snapshot = undefined
    if (taken) this.#recover()
    return taken
  }

  /** From here on values go to a new log; everything before it is in the snapshot of the same number. */
  async #rotate(): Promise<void> {
    const before = this.#log
    this.#log = this.#newLog()
    this.#olderLogs += before.bytes > 0 ? 1 : 0
    this.#olderBytes += before.bytes
    before.close()
    const sequence = this.#sequence
    try {
      await writeSnapshot(join(this.#parts.directory, `${sequence}.snapshot`), this.#parts.tree.every())
    } catch (error) {
      this.#log.isLosing ||= before.isLosing
      throw error
    }
    for (const file of this.#files()) if (file.sequence < sequence) this.#try(() => rmSync(file.path))
    this.#olderLogs = 0
    this.#olderBytes = 0
  }

  /** By sequence. */
  #files(): StoredFile[] {
    const files: StoredFile[] = []
    if (!existsSync(this.#parts.directory)) return files
    this.#try(() => {
      for (const name of readdirSync(this.#parts.directory)) {
        const [, sequence, kind] = FILE.exec(name) ?? []
        const path = join(this.#parts.directory, name)
        if (kind) files.push({ path, sequence: Number(sequence), kind, bytes: statSync(path).size })
      }
    })
    return files.sort((a, b) => a.sequence - b.sequence)
  }

  #isWhole({ path }: StoredFile): boolean {
    let whole = false
    this.#try(() => {
      whole = isWhole(path)
    })
    return whole
  }

  /** Whether it went well. */
  #try(act: () => void): boolean {
    try {
      act()
      return true
    } catch (error) {
      this.#suffer(error)
      return false
    }
  }

  #suffer(error: unknown): void {
    if (!this.#isTroubled) this.#parts.report(messageOf(error))
    this.#isTroubled = true
  }

  #recover(): void {
    if (this.#isTroubled) this.#parts.report(null)
    this.#isTroubled = false
  }
}
