/** What the host answered of a name, kept for a minute. */

import type { Clock } from '../../base/clock.ts'

const KEEP_MS = 60_000
const KEEP_LIMIT = 10_000

interface Kept<Answer> {
  answer: Promise<Answer>
  untilMs: number
}

/** `look` is asked once for all who ask meanwhile; what it throws is not kept. */
export function keepAnswers<Answer>(
  clock: Clock,
  look: (name: string) => Promise<Answer>,
): (name: string) => Promise<Answer> {
  const kept = new Map<string, Kept<Answer>>()
  return (name) => {
    const known = kept.get(name)
    if (known && known.untilMs > clock.monotonicMs()) return known.answer
    if (kept.size >= KEEP_LIMIT) kept.clear()
    const answer = look(name)
    kept.set(name, { answer, untilMs: clock.monotonicMs() + KEEP_MS })
    answer.catch(() => kept.delete(name))
    return answer
  }
}
