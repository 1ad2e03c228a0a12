/** Which programs a job script runs, by the regular expressions of `apps/NAME.txt`: tags app/NAME. */

import { setImmediate } from 'node:timers/promises'
import type { JobRecord, TagName } from '../../../job/record.ts'
import type { AppRule } from './rule-folder.ts'

/** Of a script; what is run stands near its beginning. */
const MOST_CHARACTERS = 65_536
const LONG_SCRIPT = 4096

export async function appTags(
  rules: readonly AppRule[],
  { metaData }: Pick<JobRecord, 'metaData'>,
): Promise<TagName[]> {
  const script = metaData?.jobScript?.slice(0, MOST_CHARACTERS)
  if (!script) return []
  const tags: TagName[] = []
  for (const { app, patterns } of rules) {
    // Each expression may take milliseconds over a long script.
    if (script.length > LONG_SCRIPT) await setImmediate()
    if (patterns.some((pattern) => pattern.matcher(script).find()))
      tags.push({ type: 'app', name: app, scope: 'global' })
  }
  return tags
}
