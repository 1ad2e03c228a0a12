/** The archive over an object storage. */

import { DomainError, isDomainError, messageOf } from '../../base/errors.ts'
import type { JobRecord } from '../../job/record.ts'
import type { ObjectStorage } from '../../object-storage/object-storage.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { parseCluster, readCluster } from '../cluster/reader.ts'
import type { JobMetric } from '../metric.ts'
import type { Archive, ArchivedRecord, RunKey } from './archive.ts'
import type { Wanted } from './curve-reader.ts'
import { writeCurves } from './curve-writer.ts'
import { Decoder } from './decoder.ts'
import { clusterKey, dataKey, isMetaKey, metaKey, plainDataKey, VERSION, VERSION_KEY } from './layout.ts'
import { parseRecord } from './meta-reader.ts'
import { writeMeta } from './meta-writer.ts'
import { inOrder } from './prefetch.ts'
import { readWhole } from './whole.ts'

const CACHE_BYTES = 128 * 2 ** 20
/** A meta.json has a job's script, a cluster.json every thread of every kind of node. */
const MOST_TEXT_BYTES = 64 * 2 ** 20
const MOST_DATA_BYTES = 2 ** 30
/** Meta files that are asked for at a time, since a bucket is far away. */
const READ_AHEAD = 16

export interface ArchiveOptions {
  /** Of unpacked curves that are kept to be read again. */
  cacheBytes?: number
}

/** Closing the archive leaves the storage open. */
export function createArchive(storage: ObjectStorage, { cacheBytes = CACHE_BYTES }: ArchiveOptions = {}): Archive {
  return new ObjectArchive(storage, cacheBytes)
}

class ObjectArchive implements Archive {
  readonly #storage: ObjectStorage
  readonly #decoder: Decoder
  #isMarked = false

  constructor(storage: ObjectStorage, cacheBytes: number) {
    this.#storage = storage
    this.#decoder = new Decoder({ cacheBytes })
  }

  async store(record: JobRecord, curves: readonly JobMetric[]): Promise<void> {
    await this.#markVersion()
    await this.#storage.put(dataKey(record), writeCurves(curves))
    this.#decoder.forget(this.#nameOf(dataKey(record)))
    await this.#putText(metaKey(record), writeMeta(record))
  }

  async update(record: JobRecord): Promise<void> {
    if (await this.#storage.head(metaKey(record))) await this.#putText(metaKey(record), writeMeta(record))
  }

  record(key: RunKey): Promise<ArchivedRecord> {
    return this.#readRecord(metaKey(key))
  }

  async curves(key: RunKey, wanted: Wanted = {}): Promise<JobMetric[]> {
    const file = this.#nameOf(dataKey(key))
    return this.#decoder.read(file, wanted, async () => {
      const found = await this.#dataOf(key)
      return readWhole(found.body, { file: this.#nameOf(found.info.key), mostBytes: MOST_DATA_BYTES })
    })
  }

  async remove(key: RunKey): Promise<void> {
    for (const file of [metaKey(key), dataKey(key), plainDataKey(key)]) await this.#storage.delete(file)
    this.#decoder.forget(this.#nameOf(dataKey(key)))
  }

  async copy(key: RunKey, into: Archive): Promise<void> {
    if (!(into instanceof ObjectArchive)) return into.store(await this.#wholeRecord(key), await this.curves(key))
    await into.#markVersion()
    const data = await this.#dataOf(key)
    await into.#storage.put(data.info.key, data.body, { sizeBytes: data.info.sizeBytes })
    if (data.info.key !== dataKey(key)) await into.#storage.delete(dataKey(key))
    into.#decoder.forget(into.#nameOf(dataKey(key)))
    const meta = await this.#storage.get(metaKey(key))
    await into.#storage.put(meta.info.key, meta.body, { sizeBytes: meta.info.sizeBytes })
  }

  async *runs(report: (path: string, reason: string) => void): AsyncGenerator<ArchivedRecord> {
    for await (const { key, read } of inOrder(this.#metaKeys(), READ_AHEAD, (key) => this.#tryRecord(key))) {
      if (typeof read === 'string') report(key, read)
      else if (metaKey(read) !== key) report(key, `it tells of the run that belongs into ${metaKey(read)}`)
      else yield read
    }
  }

  async clusters(): Promise<Cluster[]> {
    const names = new Set<string>()
    for await (const { key } of this.#storage.list('', { shallow: true }))
      if (key.includes('/')) names.add(key.split('/')[0]!)
    const clusters = await Promise.all([...names].map((name) => this.#cluster(name)))
    return clusters.filter((cluster) => cluster !== undefined)
  }

  async storeCluster(name: string, source: unknown): Promise<void> {
    checkName(readCluster(source, clusterKey(name)), name, clusterKey(name))
    await this.#markVersion()
    await this.#putText(clusterKey(name), `${JSON.stringify(source, null, 2)}\n`)
  }

  close(): Promise<void> {
    return this.#decoder.close()
  }

  /** The reference does not open an archive that does not say its version. */
  async #markVersion(): Promise<void> {
    if (this.#isMarked) return
    if (!(await this.#storage.head(VERSION_KEY))) await this.#putText(VERSION_KEY, VERSION)
    this.#isMarked = true
  }

  async #putText(key: string, text: string): Promise<void> {
    const bytes = Buffer.from(text)
    await this.#storage.put(key, bytes, { sizeBytes: bytes.length })
  }

  async #readText(key: string): Promise<string> {
    const { body } = await this.#storage.get(key)
    const bytes = await readWhole(body, { file: this.#nameOf(key), mostBytes: MOST_TEXT_BYTES })
    return Buffer.from(bytes.buffer).toString('utf8')
  }

  async #readRecord(key: string): Promise<ArchivedRecord> {
    return parseRecord(await this.#readText(key), this.#nameOf(key))
  }

  /** A record, or the reason why there is none. */
  async #tryRecord(key: string): Promise<{ key: string; read: ArchivedRecord | string }> {
    try {
      return { key, read: await this.#readRecord(key) }
    } catch (error) {
      return { key, read: messageOf(error) }
    }
  }

  async *#metaKeys(): AsyncGenerator<string> {
    for await (const { key } of this.#storage.list('')) if (isMetaKey(key)) yield key
  }

  async #wholeRecord(key: RunKey): Promise<JobRecord> {
    const record = await this.record(key)
    return { ...record, id: 0, tags: record.tags.map((tag) => ({ ...tag, id: 0 })) }
  }

  /** Compressed or not yet. @throws not_found naming the compressed one */
  async #dataOf(key: RunKey) {
    try {
      return await this.#storage.get(dataKey(key))
    } catch (error) {
      const isPlain = isDomainError(error, 'not_found') && (await this.#storage.head(plainDataKey(key)))
      if (isPlain) return this.#storage.get(plainDataKey(key))
      throw error
    }
  }

  async #cluster(name: string): Promise<Cluster | undefined> {
    const key = clusterKey(name)
    if (!(await this.#storage.head(key))) return undefined
    const file = this.#nameOf(key)
    return checkName(parseCluster(await this.#readText(key), file), name, file)
  }

  /** For messages, and for what the decoder keeps. */
  #nameOf(key: string): string {
    return `${this.#storage.name}/${key}`
  }
}

function checkName(cluster: Cluster, folder: string, file: string): Cluster {
  if (cluster.name === folder) return cluster
  throw new DomainError('invalid', `${file}: name is "${cluster.name}"; write "${folder}", as its folder is called`)
}
