/** A store whose server is killed at a write: what was asked for in that turn is stored, its answer never comes, and nothing else happens. */

import type { JobStore, Store } from '../../src/store/store.ts'
import type { WorkflowStore } from '../../src/store/workflow-store.ts'

const WRITES: readonly (keyof WorkflowStore | keyof JobStore)[] = [
  ...(['reserveIds', 'insert', 'replace', 'modify', 'remove'] as const),
  ...(['insertRun', 'replaceRun', 'markHanded', 'startTask', 'returnTask', 'appendTask', 'storeFinding'] as const),
  ...(['endTask', 'cancelPending'] as const),
]

export class KilledStore {
  readonly calls: string[] = []
  readonly #killAt: number
  #state: 'alive' | 'dying' | 'dead' = 'alive'

  /** Counted from 1; Infinity for a long life. */
  constructor(killAt: number) {
    this.#killAt = killAt
  }

  get isDead(): boolean {
    return this.#state !== 'alive'
  }

  wrap(store: Store): Store {
    return { ...store, jobs: this.#wrapped(store.jobs), workflows: this.#wrapped(store.workflows) }
  }

  #wrapped<Part extends object>(part: Part): Part {
    return new Proxy(part, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        return typeof method === 'function'
          ? (...given: unknown[]) => this.#call(String(name), () => method(...given))
          : method
      },
    })
  }

  async #call(name: string, run: () => Promise<unknown>): Promise<unknown> {
    if (this.#state === 'dead') throw new Error('killed')
    if (!(WRITES as readonly string[]).includes(name)) return run()
    this.calls.push(name)
    if (this.calls.length === this.#killAt) {
      this.#state = 'dying'
      setImmediate(() => {
        this.#state = 'dead'
      })
    }
    const answer = await run()
    if (this.#state !== 'alive') throw new Error('killed')
    return answer
  }
}
