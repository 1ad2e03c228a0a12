/** A job's progress as one line of text. Pure. */

import { bytesText, numberText, spanText } from '../../terminal/quantity.ts'
import { isOver } from '../hub/job.ts'
import { type Look, type Pace, shareOf } from './progress.ts'

const BAR = 20

/** What there is no room for is left out from the end. */
export function progressLine(state: string, look: Look, pace: Pace, width: number): string {
  const share = shareSaid(state, look)
  const parts = [`${barOf(share)} ${percentOf(share)}`, ...wordsOf(state, look, pace)]
  let line = parts[0]!
  for (const part of parts.slice(1)) {
    if (line.length + 2 + part.length > width) break
    line += `  ${part}`
  }
  return line.slice(0, width)
}

/** The same for a log, where a bar says nothing. */
export function progressSentence(id: number, state: string, look: Look, pace: Pace): string {
  return `job ${id}: ${[percentOf(shareSaid(state, look)), ...wordsOf(state, look, pace)].join(', ')}`
}

/** Of a job that is not over never all: a further step, or what is found yet, may be to come. */
function shareSaid(state: string, look: Look): number {
  return Math.min(shareOf(look), isOver({ state }) ? 1 : 0.99)
}

function wordsOf(state: string, { files, allFiles, bytes, allBytes }: Look, pace: Pace): string[] {
  const words = [`${numberText(files)}/${numberText(allFiles)} files`]
  if (allBytes > 0) words.push(`${bytesText(bytes)}/${bytesText(allBytes)}`)
  if (state !== 'STARTED') return [...words, state.toLowerCase()]
  if (pace.bytesPerS > 0) words.push(`${bytesText(pace.bytesPerS)}/s`)
  else if (pace.filesPerS > 0) words.push(`${pace.filesPerS.toFixed(pace.filesPerS < 10 ? 1 : 0)} files/s`)
  if (pace.leftS !== null) words.push(`ETA ${spanText(pace.leftS)}`)
  return words
}

function barOf(share: number): string {
  const full = Math.floor(share * BAR)
  const head = full < BAR ? '>' : ''
  return `[${'='.repeat(full)}${head}${' '.repeat(BAR - full - head.length)}]`
}

function percentOf(share: number): string {
  return `${String(Math.floor(share * 100)).padStart(3)}%`
}
