/**
 * The files of rules, `apps/NAME.txt` and `jobclasses/*.json`, read again when they have changed. A broken file is told of
 * once and stands aside; the others go on.
 */

import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RE2JS } from 're2js'
import type { Clock } from '../../../base/clock.ts'
import { messageOf, systemCodeOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { regexOf } from '../../../job/filter.ts'
import { type ClassRule, readParameters, readRule } from './class-rule.ts'

export interface AppRule {
  app: string
  patterns: readonly RE2JS[]
}

export interface Rules {
  apps: readonly AppRule[]
  classes: readonly ClassRule[]
}

interface RuleFile {
  path: string
  /** Time and size of the last change. */
  stamp: string
}

export const APPS = 'apps'
export const JOB_CLASSES = 'jobclasses'
export const PARAMETERS_FILE = 'parameters.json'

/** Files are looked at no more often. */
const LOOK_MS = 5000
const MOST_FILES = 1000
const MOST_BYTES = 1_000_000

export class RuleFolder {
  readonly #folder: string
  readonly #clock: Clock
  readonly #log: Logger
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #stamp = ''
  #rules: Promise<Rules> = Promise.resolve({ apps: [], classes: [] })
  /** Complaints that were told, with the state of the file that they are about. */
  readonly #told = new Set<string>()

  constructor(folder: string, { clock, log }: { clock: Clock; log: Logger }) {
    this.#folder = folder
    this.#clock = clock
    this.#log = log
  }

  /** The rules as their files have them, at most some seconds ago. */
  rules(): Promise<Rules> {
    if (this.#clock.monotonicMs() - this.#lookedAtMs < LOOK_MS) return this.#rules
    this.#lookedAtMs = this.#clock.monotonicMs()
    const before = this.#rules
    this.#rules = this.#refresh(before).catch((error: unknown) => {
      this.#log.warn({ folder: this.#folder, reason: messageOf(error) }, 'rules cannot be read; those from before stay')
      return before
    })
    return this.#rules
  }

  async #refresh(before: Promise<Rules>): Promise<Rules> {
    const apps = await filesOf(join(this.#folder, APPS), '.txt')
    const classes = await filesOf(join(this.#folder, JOB_CLASSES), '.json')
    const stamp = [...apps, ...classes].map(({ path, stamp: of }) => `${path} ${of}`).join('\n')
    if (stamp === this.#stamp) return before
    this.#stamp = stamp
    return { apps: await this.#readApps(apps), classes: await this.#readClasses(classes) }
  }

  async #readApps(files: readonly RuleFile[]): Promise<AppRule[]> {
    const rules = await Promise.all(files.map((file) => this.#read(file, (text) => this.#appRule(file, text))))
    return rules.filter((rule) => rule !== undefined)
  }

  /** A line that is no expression stands aside alone. */
  #appRule(file: RuleFile, text: string): AppRule {
    const patterns = text.split(/\r?\n/).flatMap((line, index) => {
      if (line.trim() === '') return []
      try {
        // As the reference: a script may write a program's name in any case.
        return [regexOf(line.trim(), RE2JS.CASE_INSENSITIVE)]
      } catch (error) {
        this.#tell(file, `line ${index + 1}: ${messageOf(error)}`)
        return []
      }
    })
    return { app: appOf(file.path), patterns }
  }

  async #readClasses(files: readonly RuleFile[]): Promise<ClassRule[]> {
    const isParameters = ({ path }: RuleFile) => path.endsWith(`/${PARAMETERS_FILE}`)
    const file = files.find(isParameters)
    const parameters = (file && (await this.#read(file, readParameters))) ?? {}
    const rules = files
      .filter((one) => !isParameters(one))
      .map((one) => this.#read(one, (text) => readRule(text, parameters)))
    return (await Promise.all(rules)).filter((rule) => rule !== undefined)
  }

  async #read<Result>(file: RuleFile, understand: (text: string) => Result): Promise<Result | undefined> {
    try {
      const text = await readFile(file.path, 'utf8')
      if (text.length > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} characters`)
      return understand(text)
    } catch (error) {
      this.#tell(file, messageOf(error))
      return undefined
    }
  }

  /** Once for each state of a file. */
  #tell({ path, stamp }: RuleFile, reason: string): void {
    const complaint = `${path} ${stamp} ${reason}`
    if (this.#told.has(complaint)) return
    this.#told.add(complaint)
    this.#log.warn({ file: path, reason }, 'a rule cannot be read and is left out')
  }
}

async function filesOf(folder: string, ending: string): Promise<RuleFile[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error)) return []
    throw error
  })
  const wanted = names.filter((name) => name.endsWith(ending) && !name.startsWith('.')).toSorted()
  const files = await Promise.all(wanted.slice(0, MOST_FILES).map((name) => fileAt(join(folder, name))))
  return files.filter((file) => file !== undefined)
}

async function fileAt(path: string): Promise<RuleFile | undefined> {
  try {
    const { mtimeMs, size } = await stat(path)
    return { path, stamp: `${mtimeMs} ${size}` }
  } catch {
    // Removed since the folder was read.
    return undefined
  }
}

function appOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -'.txt'.length)
}
