/** `security.tcl` of the original: who has which level. */

import { notUnderstood, type TclFile, type Understood, understand } from './tcl-file.ts'

/** `user` is a name, or `+` for everybody. */
export interface LevelRule {
  user: string
  level: 'readonly' | 'user' | 'leader' | 'admin'
  origin: string
}

/** Security Levels, as far as an account can have them. */
const LEVEL_OF: Readonly<Record<string, LevelRule['level']>> = {
  READONLY: 'readonly',
  USER: 'user',
  LEADER: 'leader',
  ADMIN: 'admin',
}

/**
 * `vtk_security USER|+ LEVEL HOST…`. After a sign-in over HTTP the level is the one that a user has from the server's
 * host (Use PAM for Browser Authentication), so a rule counts if a HOST is `+`, `any` or one of `serverHosts`.
 */
export function readSecurity(file: TclFile, serverHosts: readonly string[]): Understood<LevelRule> {
  const ours = new Set(['+', 'any', ...serverHosts.map((host) => host.toLowerCase())])
  return understand(file, ([command, user = '', word = '', ...hosts], origin) => {
    if (command !== 'vtk_security') return notUnderstood(command)
    if (!/^(\+|[A-Za-z_][A-Za-z0-9_.-]{0,63})$/.test(user))
      return `${JSON.stringify(user)} is not understood here: name one user, or + for everybody; the rule has no effect`
    const level = LEVEL_OF[word.toUpperCase()]
    if (!level)
      return `the level ${JSON.stringify(word)} is not one of ${Object.keys(LEVEL_OF).join(', ')}; the rule has no effect`
    if (!hosts.some((host) => ours.has(host.toLowerCase())))
      return `the rule for ${user} names neither + nor this server's host, so it has no effect on who signs in here`
    return { user, level, origin }
  })
}
