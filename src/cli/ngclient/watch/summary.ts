/** How a job ended, for a person. */

import { bytesText, numberText, spanText } from '../../terminal/quantity.ts'
import { printable } from '../../terminal/text.ts'
import type { Failure } from '../hub/failures.ts'
import type { HubJob } from '../hub/job.ts'

/** `Job 42 SUCCESS: 12 processed, 3 skipped, 1.2 GiB in 0:07`. */
export function summaryOf({ id, state, stats = {}, moved_bytes = 0, started, completed }: HubJob): string {
  const ends = ['processed', 'skipped', 'aborted', 'failed'].filter((end) => (stats[end] ?? 0) > 0)
  const parts = ends.map((end) => `${numberText(stats[end]!)} ${end}`)
  if (moved_bytes > 0) parts.push(bytesText(moved_bytes))
  if (parts.length === 0) parts.push('nothing to do')
  const seconds = started && completed ? (Date.parse(completed) - Date.parse(started)) / 1000 : Number.NaN
  return `Job ${id} ${state}: ${parts.join(', ')}${Number.isNaN(seconds) ? '' : ` in ${spanText(seconds)}`}`
}

const SHOWN = 20

/** The first failures; there may be millions, so no more are read than are shown. */
export async function failureLines(
  { id, site }: Pick<HubJob, 'id' | 'site'>,
  failures: AsyncIterable<Failure>,
): Promise<string[]> {
  const lines: string[] = []
  for await (const failure of failures) {
    if (lines.length === SHOWN) return [...lines, `  … all of them: ngclient jobs tasks ${id} --failed`]
    lines.push(`  ${failureText(failure, site)}`)
  }
  return lines
}

/** `home` is the site of the job, which needs no saying. */
export function failureText({ path, site, message }: Failure, home: string): string {
  const where = site === home ? '' : `on ${site}: `
  return printable(path === '' ? `${where}${message}` : `${path}: ${where}${message || 'failed'}`)
}
