/** Work about one run, or whatever the key is, one after the other; about different ones, side by side. */

import type { RunId } from '../../workflow/task.ts'

export class Turns<Key = RunId> {
  readonly #last = new Map<Key, Promise<unknown>>()

  /** Must not be asked for within a turn of the same run. */
  take<Answer>(run: Key, work: () => Promise<Answer>): Promise<Answer> {
    const before = this.#last.get(run) ?? Promise.resolve()
    const turn = before.then(work, work)
    const settled = turn.then(
      () => {},
      () => {},
    )
    this.#last.set(run, settled)
    void settled.then(() => {
      if (this.#last.get(run) === settled) this.#last.delete(run)
    })
    return turn
  }

  /** Settles when nothing is under way. */
  async settle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values())
  }
}
