/** What somebody probably meant: the known word that is closest to the one that was written. */

/** The nearest of `known` by Damerau's distance or as a beginning, case aside; undefined when none is near enough to be worth saying. */
export function nearestOf(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.slice(0, 64).toLowerCase()
  let best: { word: string; distance: number } | undefined
  for (const candidate of known) {
    const distance = estrangementOf(wanted, candidate.toLowerCase())
    if (!best || distance < best.distance) best = { word: candidate, distance }
  }
  const tolerated = Math.max(1, Math.floor(wanted.length / 3))
  return best && best.distance <= tolerated ? best.word : undefined
}

/** The beginning of a word is as near to it as one slip of the pen. */
function estrangementOf(wanted: string, candidate: string): number {
  return wanted.length >= 3 && candidate.startsWith(wanted) ? 1 : distanceOf(wanted, candidate)
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function distanceOf(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const present = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const differs = a[row - 1] === b[column - 1] ? 0 : 1
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      present[column] = Math.min(
        present[column - 1]! + 1,
        last[column]! + 1,
        last[column - 1]! + differs,
        swapped ? beforeLast[column - 2]! + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = present
  }
  return last[b.length]!
}
