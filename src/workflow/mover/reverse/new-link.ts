/** A symbolic link made of its object. The ledger knows nothing of links: they have no data. */

import { readlinkSync, renameSync, symlinkSync } from 'node:fs'
import { DomainError } from '../../../base/errors.ts'
import { bytesOfPath, textOfPath } from '../../path-name.ts'
import { removeDraft } from '../file/draft.ts'
import type { Work } from '../work.ts'
import { givesWay, type NewFile, type StubOptions } from './standing.ts'

/** As the submitter; settles it. */
export function makeLink(work: Work, link: NewFile, options: StubOptions): undefined {
  const { draft, facts, remote, standing } = link
  if (facts.linkTarget === '')
    throw new DomainError('unavailable', `the object ${remote.key} does not say where it points`)
  if (standing?.isSymbolicLink() && targetAt(draft.place.at) === facts.linkTarget) {
    work.settleAlready(remote.index, 'the link is there already')
    return
  }
  if (!givesWay(work, link, undefined, options)) return
  removeDraft(draft)
  symlinkSync(bytesOfPath(facts.linkTarget), draft.at)
  renameSync(draft.at, draft.place.at)
  work.settle(remote.index, 'processed')
}

function targetAt(at: string | Buffer): string {
  return textOfPath(readlinkSync(at, { encoding: 'buffer' }))
}
