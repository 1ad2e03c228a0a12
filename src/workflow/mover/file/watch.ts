/**
 * Whether anybody else writes to a file while it is filled in its place: what he wrote is not to be lost, nor taken for what
 * came. Seen by size and time of change, which the kernel counts in ticks of milliseconds.
 */

import { type BigIntStats, fstatSync } from 'node:fs'
import { DomainError } from '../../../base/errors.ts'

type Seen = Pick<BigIntStats, 'size' | 'mtimeNs'>

export class Watch {
  readonly #fd: number
  #seen: Seen

  /** `found` is how it was before anything of ours was written. */
  constructor(fd: number, found: Seen) {
    this.#fd = fd
    this.#seen = found
  }

  get isUndisturbed(): boolean {
    const { size, mtimeNs } = fstatSync(this.#fd, { bigint: true })
    return size === this.#seen.size && mtimeNs === this.#seen.mtimeNs
  }

  /** To be called for what is written here, at once. @throws conflict, with nothing written, when somebody else wrote */
  write(run: () => void): void {
    if (!this.isUndisturbed) throw new DomainError('conflict', 'somebody wrote to it meanwhile')
    try {
      run()
    } finally {
      this.#seen = fstatSync(this.#fd, { bigint: true })
    }
  }
}
