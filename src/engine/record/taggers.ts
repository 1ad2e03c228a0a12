/** Programs that tag by rules, as a dialect sees them (spec/cockpit.md 1.13). */

import type { Caller } from '../../auth/caller.ts'

export interface TaggerView {
  name: 'AppTagger' | 'JobClassTagger'
  /** Whether it looks at runs when they begin or when they are over. */
  type: 'start' | 'stop'
  /** Over all records, at somebody's wish. */
  running: boolean
}

export interface Taggers {
  list(): TaggerView[]
  /** Goes over all records in the background. @throws forbidden, conflict for an unknown name and for one that is at it */
  run(caller: Caller, name: string): void
}
