/** All subcommands of `nc`; each file is loaded only when it is asked for, so that `nc run` starts quickly. */

import type { Subcommand } from './subcommand.ts'

type Load = () => Promise<Subcommand>

const SUBCOMMANDS: Readonly<Record<string, { summary: string; load: Load }>> = {
  run: { summary: 'submit a job', load: async () => (await import('./submit/run.ts')).run },
  list: { summary: 'list jobs', load: async () => (await import('./show/list.ts')).list },
  info: { summary: 'show jobs by id', load: async () => (await import('./show/info.ts')).info },
  why: { summary: 'say why a job is where it is', load: async () => (await import('./show/why.ts')).why },
  getfield: { summary: 'print fields of a job', load: async () => (await import('./show/getfield.ts')).getfield },
  summary: {
    summary: 'count jobs by state and by what they wait for',
    load: async () => (await import('./show/summary.ts')).summary,
  },
  hosts: { summary: 'list the hosts that run jobs', load: async () => (await import('./show/hosts.ts')).hosts },
  wait: { summary: 'wait until jobs have ended', load: async () => (await import('./watch/wait.ts')).wait },
  stop: { summary: 'stop jobs', load: async () => (await import('./steer/control.ts')).stop },
  suspend: { summary: 'suspend running jobs', load: async () => (await import('./steer/control.ts')).suspend },
  resume: { summary: 'resume suspended jobs', load: async () => (await import('./steer/control.ts')).resume },
  rerun: { summary: 'run jobs again', load: async () => (await import('./steer/rerun.ts')).rerun },
  forget: { summary: 'remove jobs from the server', load: async () => (await import('./steer/forget.ts')).forget },
  modify: { summary: 'change jobs', load: async () => (await import('./steer/modify.ts')).modify },
  cmd: {
    summary: 'run a program for this queue, or print its address (vovbrowser)',
    load: async () => (await import('./cmd.ts')).cmd,
  },
  login: { summary: 'sign in and keep the token', load: async () => (await import('./sign-in.ts')).login },
  logout: { summary: 'forget the kept token', load: async () => (await import('./sign-in.ts')).logout },
  completion: {
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).createCompletion(loadAll),
  },
}

export const SUBCOMMAND_NAMES = Object.keys(SUBCOMMANDS)

export async function loadSubcommand(name: string): Promise<Subcommand | undefined> {
  return Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name]!.load() : undefined
}

function loadAll(): Promise<Subcommand[]> {
  return Promise.all(Object.values(SUBCOMMANDS).map(({ load }) => load()))
}

export function helpText(): string {
  const lines = Object.entries(SUBCOMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  return [
    'Usage: nc [-q QUEUE] SUBCOMMAND …',
    '',
    ...lines,
    '',
    '"nc help SUBCOMMAND" tells its options. The server is found from -url, -q, NC_URL, NC_QUEUE, or the data directory',
    'in YARDMASTER_DATA or ./yardmaster-data. Exit status: 0 success, 1 a job or request failed, 2 the words are wrong.',
    '',
  ].join('\n')
}
