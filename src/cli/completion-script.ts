/** Completion scripts for three shells: the subcommand first, then its options and file names. */

export interface Described {
  name: string
  summary: string
  /** What may stand behind it: `list` of `jobs list`. */
  verbs?: readonly string[]
  options: readonly { flag: string; summary: string }[]
}

/** undefined for a shell that is none of the three. */
export function completionScript(
  shell: string,
  program: string,
  subcommands: readonly Described[],
): string | undefined {
  if (shell === 'bash') return bash(program, subcommands)
  if (shell === 'zsh') return zsh(program, subcommands)
  if (shell === 'fish') return fish(program, subcommands)
  return undefined
}

function bash(program: string, subcommands: readonly Described[]): string {
  const cases = subcommands.map(
    ({ name, options, verbs = [] }) =>
      `    ${name}) words='${options.map(({ flag }) => flag).join(' ')}' verbs='${verbs.join(' ')}' ;;`,
  )
  return `# Completion of ${program} for bash: eval "$(${program} completion bash)"
_${program}_completion() {
  local word=\${COMP_WORDS[COMP_CWORD]} words='' verbs=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${subcommands.map(({ name }) => name).join(' ')} help' -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 2 ] && [ -n "$verbs" ]; then
    COMPREPLY=($(compgen -W "$verbs" -- "$word"))
    return
  fi
  case $word in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _${program}_completion ${program}`
}

function zsh(program: string, subcommands: readonly Described[]): string {
  const names = subcommands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`)
  const cases = subcommands.map(({ name, options, verbs = [] }) => {
    const flags = options.map(({ flag, summary }) => quote(`${flag}:${summary}`)).join(' ')
    return `    ${name}) options=(${flags}) verbs=(${verbs.join(' ')}) ;;`
  })
  return `#compdef ${program}
# Completion of ${program} for zsh: eval "$(${program} completion zsh)"
_${program}() {
  local -a subcommands options verbs
  subcommands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe subcommand subcommands
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
  if (( CURRENT == 3 && $#verbs )); then
    compadd -a verbs
    return
  fi
  if [[ $words[CURRENT] == -* ]]; then _describe option options; else _files; fi
}
compdef _${program} ${program}`
}

function fish(program: string, subcommands: readonly Described[]): string {
  const lines = subcommands.flatMap(({ name, summary, options, verbs = [] }) => [
    `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
    ...(verbs.length > 0 ? [fishVerbs(program, name, verbs)] : []),
    ...options.map(({ flag, summary: text }) => {
      const kind = flag.length === 2 ? `-s ${flag.slice(1)}` : `-o ${flag.slice(1)}`
      return `complete -c ${program} -n '__fish_seen_subcommand_from ${name}' ${kind} -d ${quote(text)}`
    }),
  ])
  return [`# Completion of ${program} for fish: ${program} completion fish | source`, ...lines].join('\n')
}

function fishVerbs(program: string, name: string, verbs: readonly string[]): string {
  const open = `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${verbs.join(' ')}`
  return `complete -c ${program} -n '${open}' -f -a '${verbs.join(' ')}'`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
