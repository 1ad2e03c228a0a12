/** The present environment, as a job is to find it (Accelerator, Environment Control: SNAPSHOT). */

import type { Environment } from '../subcommand.ts'

/** What belongs to this host and terminal, not to the job (Environment Control, excluded variables). */
const EXCLUDED = ['HOST', 'OSREV', 'OSTYPE', 'TERMCAP', 'SHELL', 'PWD']
/** Ours, and possibly a secret. */
const OWN = /^(NC_PASSWORD|NC_TOKEN|YARDMASTER_.*(PASSWORD|TOKEN|KEY|SECRET))/

export function snapshotOf(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(([name, value]) => {
    return value !== undefined && name !== '' && !name.includes('=') && !EXCLUDED.includes(name) && !OWN.test(name)
  })
  return Object.fromEntries(kept as [string, string][])
}

/** The environment that a job gets when nobody says another one: $VOV_ENV, else a snapshot. */
export function environmentName(asked: string | undefined, env: Environment): string {
  return asked ?? env.VOV_ENV ?? 'SNAPSHOT'
}

/** Empty, DEFAULT and every composition with SNAPSHOT need the variables sent along. */
export function needsSnapshot(name: string): boolean {
  return name.trim() === '' || /\b(SNAPSHOT|DEFAULT)\b/i.test(name)
}
