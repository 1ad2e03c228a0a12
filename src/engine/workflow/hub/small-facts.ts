/** Facts by kind and name, each a document, changed one after the other. */

import type { Clock } from '../../../base/clock.ts'
import type { WorkflowStore } from '../../../store/workflow-store.ts'

export interface SmallFactsParts {
  store: WorkflowStore
  clock: Clock
}

export class SmallFacts {
  readonly #parts: SmallFactsParts
  readonly #kind: string
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: SmallFactsParts, kind: string) {
    this.#parts = parts
    this.#kind = kind
  }

  async all(): Promise<Record<string, unknown>> {
    const documents = await this.#parts.store.documents(this.#kind)
    return Object.fromEntries(documents.map(({ name, value }) => [name, value]))
  }

  put(name: string, value: unknown): Promise<void> {
    const turn = this.#last.then(() => this.#put(name, value))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async #put(name: string, value: unknown): Promise<void> {
    const { store, clock } = this.#parts
    const known = (await store.documents(this.#kind)).find((document) => document.name === name)
    if (known) await store.replaceDocument(this.#kind, known.id, value)
    else await store.insertDocument(this.#kind, name, value, clock.now())
  }
}
