/** Answers that are asked for over and over. */

const LIMIT = 10_000

/** `compute`, with its answers kept by key; all are dropped when there are too many. Failures are not kept. */
export function remember<Answer>(compute: (key: string) => Answer, limit = LIMIT): (key: string) => Answer {
  const known = new Map<string, Answer>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size >= limit) known.clear()
    const answer = compute(key)
    known.set(key, answer)
    return answer
  }
}
