/** A path on its way through a workflow: what discovery found, and what a step made of it. Pure data. */

export const PATH_TYPES = ['file', 'directory', 'symlink'] as const
export type PathType = (typeof PATH_TYPES)[number]

export interface PathEntry {
  /** Absolute, normalised. A byte that is no UTF-8 stands as U+DC00 + byte, so that every name of Linux has a text. */
  path: string
  type: PathType
  sizeBytes: number
  /** What discovery says of it: created, updated, moved, deleted; `processed` where it only lists. A user may give other words, for his own rules. */
  state: string
  /** Where it was before, for `moved`. */
  from?: string
  /** Where a step before left its data, if that is not where its path says: of a file that was moved, or has several versions. */
  object?: ObjectPlace
}

export interface ObjectPlace {
  /** Of the site that the paths come from. */
  target: string
  key: string
}

export const OUTCOMES = ['processed', 'skipped', 'aborted', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What a step made of one path; only `processed`, and what was so already, goes on to the next step. */
export interface PathOutcome {
  path: string
  outcome: Outcome
  /** Why, as a sentence; '' where nothing needs saying. */
  message: string
  /** Bytes that were moved for it. */
  movedBytes: number
  /** Of `skipped`: because it is what the step would have made of it; goes on to the next step as if it had been processed. */
  already?: true
  /** For the next step's entry. */
  object?: ObjectPlace
}
