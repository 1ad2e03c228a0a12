/** Words of a command line put together so that a shell reads the same words again. */

/**
 * The command that `nc run WORD…` stores. One word is a command line already and stays as typed (`nc run 'a | b'`); of
 * several, those that a shell would take apart or expand are quoted.
 */
export function commandOf(words: readonly string[]): string {
  if (words.length === 1) return words[0]!
  return words.map(quote).join(' ')
}

function quote(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}
