/** How a command line becomes a program and its arguments. */

/** Words made of these alone mean themselves in a shell. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+:,./-]+$/
/** What `sh` does itself, where no program of that name would do the same. */
const SHELL_ONLY = new Set(
  '. : [ alias bg break cd command continue eval exec exit export fc fg getopts hash if for while until case jobs local read readonly return set shift source test time times trap type ulimit umask unalias unset wait function { }'.split(
    ' ',
  ),
)
const SHELL = '/bin/sh'

/** Runs the program directly where no shell is needed, which spares an exec; everything else is `/bin/sh -c`'s. */
export function argvOf(command: string): string[] {
  const words = command.trim().split(/[ \t]+/)
  const [program = ''] = words
  if (SHELL_ONLY.has(program) || !words.every((word) => PLAIN_WORD.test(word))) return [SHELL, '-c', command]
  return words
}

/** First word of a command, without its folder: the TOOL of a job. */
export function toolOf(command: string): string {
  const first = /^\s*([^\s;|&<>()]+)/.exec(command)?.[1] ?? ''
  return first.slice(first.lastIndexOf('/') + 1)
}
