import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { completionScript } from '../../../src/cli/completion-script.ts'

const SUBCOMMANDS = [
  { name: 'run', summary: "submit a job, the user's own", options: [{ flag: '-kill', summary: 'end it' }] },
  { name: 'list', summary: 'list jobs', options: [{ flag: '-a', summary: 'all' }] },
  { name: 'user', summary: 'accounts', verbs: ['add', 'remove'], options: [{ flag: '--json', summary: 'JSON' }] },
]

describe('completion', () => {
  test('bash completes subcommands, their verbs and their options', () => {
    const script = completionScript('bash', 'nc', SUBCOMMANDS)
    const ask = `${script}
COMP_WORDS=(nc r); COMP_CWORD=1; _nc_completion; echo "\${COMPREPLY[@]}"
COMP_WORDS=(nc run -k); COMP_CWORD=2; _nc_completion; echo "\${COMPREPLY[@]}"
COMP_WORDS=(nc user a); COMP_CWORD=2; _nc_completion; echo "\${COMPREPLY[@]}"
COMP_WORDS=(nc user add --); COMP_CWORD=3; _nc_completion; echo "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync('bash', ['-c', ask], { encoding: 'utf8' })
    expect(stdout).toBe('run\n-kill\nadd\n--json\n')
  })

  test('every shell gets quotes in a summary right', () => {
    expect(completionScript('zsh', 'nc', SUBCOMMANDS)).toContain(`'run:submit a job, the user'\\''s own'`)
    expect(completionScript('fish', 'nc', SUBCOMMANDS)).toContain(`-d 'submit a job, the user'\\''s own'`)
  })

  test('a shell that is none of the three has no script', () => {
    expect(completionScript('tcsh', 'nc', SUBCOMMANDS)).toBeUndefined()
  })
})
