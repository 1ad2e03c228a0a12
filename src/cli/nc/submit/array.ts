/** Many jobs from one description: `-array 20`, `-array 10-50:10` (Accelerator KB0017982: start, end, increment). */

import { UsageError } from '../../failure.ts'

/** One request may not fill the server's disk by a slip of the finger. */
const MOST = 1_000_000

/** The indexes of `N` (1 to N), `START-END` or `START-END:STEP`. @throws UsageError */
export function readIndexes(text: string): number[] {
  const match = /^(?:(\d{1,9})-)?(\d{1,9})(?::(\d{1,9}))?$/.exec(text)
  const [, start = '1', end = '0', step = '1'] = match ?? []
  const [from, to, by] = [Number(start), Number(end), Number(step)]
  if (!match || by === 0 || to < from) {
    throw new UsageError(`-array takes N, START-END or START-END:STEP, such as 20 or 10-50:10, not "${text}"`)
  }
  const length = Math.floor((to - from) / by) + 1
  if (length > MOST) throw new UsageError(`-array asks for ${length} jobs; at most ${MOST} go at once`)
  return Array.from({ length }, (_, at) => from + at * by)
}

export interface Place {
  index: number
  /** A word that the jobs of one array share. */
  arrayId: string
}

/** Puts the index in wherever text of the description says `@INDEX@`. @throws UsageError for `@JOBID@` */
export function fillIn<Value>(value: Value, place: Place): Value {
  if (typeof value === 'string') return fillText(value, place) as Value
  if (Array.isArray(value)) return value.map((part) => fillIn(part, place)) as Value
  return value
}

function fillText(text: string, { index, arrayId }: Place): string {
  if (text.includes('@JOBID@')) {
    throw new UsageError('@JOBID@ is not known before the job is submitted; use @INDEX@, or $VOV_JOBID inside the job')
  }
  return text.replaceAll('@INDEX@', String(index)).replaceAll('@ARRAYID@', arrayId)
}
