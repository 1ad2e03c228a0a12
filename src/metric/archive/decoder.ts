/** Reads data.json off the event loop, on a thread that starts with the first one and is replaced when it hangs. */

import { AskedThread } from '../../base/asked-thread.ts'
import { DomainError } from '../../base/errors.ts'
import { siblingModule } from '../../base/module.ts'
import type { JobMetric } from '../metric.ts'
import type { Wanted } from './curve-reader.ts'
import type { DecodeAnswer, DecodeRequest, DecoderSettings } from './decoder-message.ts'

const LIMIT_MS = 60_000

export class Decoder {
  readonly #thread: AskedThread<Extract<DecodeRequest, { id: number }>, DecodeAnswer>
  #nextId = 1

  constructor(settings: DecoderSettings) {
    this.#thread = new AskedThread({
      module: siblingModule(import.meta.url, 'decoder-thread'),
      data: settings,
      limitMs: LIMIT_MS,
      gaveUp: (reason) => new DomainError('unavailable', `reading curves from the archive was given up: ${reason}`),
    })
  }

  /** `load` gives the file's content when the thread does not have it any more. @throws unavailable naming `file`; what `load` throws */
  async read(file: string, wanted: Wanted, load: () => Promise<Uint8Array<ArrayBuffer>>): Promise<JobMetric[]> {
    const kept = await this.#thread.ask({ kind: 'read', id: this.#nextId++, key: file, wanted })
    const answer = kept.kind === 'absent' ? await this.#readContent(file, wanted, await load()) : kept
    if (answer.kind === 'curves') return answer.curves
    const reason = answer.kind === 'failure' ? answer.reason : 'it is gone'
    throw new DomainError('unavailable', `${file} cannot be read: ${reason}`)
  }

  /** The file is another one from now on. */
  forget(file: string): void {
    this.#thread.worker?.postMessage({ kind: 'forget', key: file } satisfies DecodeRequest)
  }

  close(): Promise<void> {
    return this.#thread.close()
  }

  #readContent(file: string, wanted: Wanted, content: Uint8Array<ArrayBuffer>): Promise<DecodeAnswer> {
    return this.#thread.ask({ kind: 'read', id: this.#nextId++, key: file, wanted, content }, [content.buffer])
  }
}
