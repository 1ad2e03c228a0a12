/** The documents that were asked for last, up to a number of bytes. */

import type { Document } from './curve-reader.ts'

export class DocumentCache {
  readonly #mostBytes: number
  /** The one that was used last stands last. */
  readonly #documents = new Map<string, Document>()
  #bytes = 0

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  get(key: string): Document | undefined {
    const document = this.#documents.get(key)
    if (!document) return undefined
    this.#documents.delete(key)
    this.#documents.set(key, document)
    return document
  }

  /** One that is larger than all that there is room for is not kept. */
  put(key: string, document: Document): void {
    this.forget(key)
    if (document.bytes.length > this.#mostBytes) return
    this.#documents.set(key, document)
    this.#bytes += document.bytes.length
    for (const oldest of this.#documents.keys()) {
      if (this.#bytes <= this.#mostBytes) return
      this.forget(oldest)
    }
  }

  forget(key: string): void {
    this.#bytes -= this.#documents.get(key)?.bytes.length ?? 0
    this.#documents.delete(key)
  }
}
