/** The two taggers at work: when a run begins, when it is over, and over all records at somebody's wish. */

import type { Caller } from '../../../auth/caller.ts'
import type { Clock } from '../../../base/clock.ts'
import { DomainError, messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { ALL } from '../../../job/filter.ts'
import type { JobRecord, RecordId, TagName } from '../../../job/record.ts'
import type { Clusters } from '../../../metric/cluster/cluster.ts'
import type { RecordStore } from '../../../store/record-store.ts'
import { subClusterOf } from '../live-curves.ts'
import { isOver } from '../run-end.ts'
import type { Taggers, TaggerView } from '../taggers.ts'
import { isSame } from '../tagging.ts'
import { appTags } from './app-tagger.ts'
import { classesOf } from './job-class-tagger.ts'
import type { RuleFolder } from './rule-folder.ts'

export interface ClassificationParts {
  folder: RuleFolder
  records: RecordStore
  clusters: () => Clusters
  /** Tags or meta data of an archived run are others now. */
  described: (id: RecordId) => void
  clock: Clock
  log: Logger
}

type Tagging = (parts: ClassificationParts, record: JobRecord) => Promise<boolean>

const TAGGERS: Readonly<Record<TaggerView['name'], { type: TaggerView['type']; tag: Tagging }>> = {
  AppTagger: { type: 'start', tag: tagApps },
  JobClassTagger: { type: 'stop', tag: async (parts, record) => isOver(record) && tagClasses(parts, record) },
}

/** Whether it has tags that it did not have. */
export async function tagApps({ folder, records }: ClassificationParts, record: JobRecord): Promise<boolean> {
  if (!record.metaData?.jobScript) return false
  const { apps } = await folder.rules()
  return addNew(records, record, await appTags(apps, record))
}

/** Whether it has tags that it did not have. The hints stand in the meta data as `message`. */
export async function tagClasses(parts: ClassificationParts, record: JobRecord): Promise<boolean> {
  const { classes } = await parts.folder.rules()
  if (classes.length === 0) return false
  const metrics = subClusterOf(parts.clusters(), record)?.metrics ?? []
  const verdicts = classesOf(classes, record, metrics, ({ name }, reason) =>
    parts.log.warn({ rule: name, recordId: record.id, reason }, 'a rule cannot be applied'),
  )
  const isNew = await addNew(
    parts.records,
    record,
    verdicts.map(({ tag }) => ({ type: 'jobClass', name: tag, scope: 'global' })),
  )
  const message = verdicts.flatMap(({ hint }) => hint || []).join('\n')
  const isOther = message !== '' && record.metaData?.message !== message
  if (isOther) await parts.records.setMetaData(record.id, 'message', message)
  return isNew || isOther
}

async function addNew(records: RecordStore, record: JobRecord, tags: readonly TagName[]): Promise<boolean> {
  const missing = tags.filter((tag) => !record.tags.some((other) => isSame(tag, other)))
  if (missing.length > 0) await records.tag(record.id, missing)
  return missing.length > 0
}

export class TaggerDesk implements Taggers {
  readonly #parts: ClassificationParts
  readonly #running = new Map<TaggerView['name'], Promise<void>>()
  #stopped = false

  constructor(parts: ClassificationParts) {
    this.#parts = parts
  }

  list(): TaggerView[] {
    return Object.entries(TAGGERS).map(([name, { type }]) => {
      const known = name as TaggerView['name']
      return { name: known, type, running: this.#running.has(known) }
    })
  }

  run({ user, roles }: Caller, name: string): void {
    if (!roles.includes('admin'))
      throw new DomainError('forbidden', `${user} may not run taggers: it takes the role admin`)
    const known = this.list().find((tagger) => tagger.name === name)
    if (!known) throw new DomainError('conflict', `unknown tagger: ${name}`)
    if (known.running) throw new DomainError('conflict', `tagger ${name} is already running`)
    const run = this.#overAll(TAGGERS[known.name].tag, name).finally(() => this.#running.delete(known.name))
    this.#running.set(known.name, run)
  }

  /** Settles when nothing is being tagged any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.settle()
  }

  async settle(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  async #overAll(tag: Tagging, name: string): Promise<void> {
    const { records, clock, log, described } = this.#parts
    let [seen, tagged] = [0, 0]
    try {
      for await (const batch of records.scan({ filter: ALL, order: [], now: clock.now() })) {
        for (const record of batch) {
          if (this.#stopped) return
          seen += 1
          if (!(await tag(this.#parts, record))) continue
          tagged += 1
          if (record.monitoring === 'archived') described(record.id)
        }
      }
      log.info({ tagger: name, seen, tagged }, 'a tagger has gone over all records')
    } catch (error) {
      log.warn({ tagger: name, seen, reason: messageOf(error) }, 'a tagger could not go over all records')
    }
  }
}
