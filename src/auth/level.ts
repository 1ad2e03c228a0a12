/** The level that an account has on this server: its roles, and the rules of `security.tcl` over them. */

import { LEVELS, type Level, levelOf, ROLES, type Role } from './caller.ts'

/** `user` is a name, or `+` for everybody. */
export interface LevelRule {
  user: string
  level: Level
}

export type LevelFor = (user: string, roles: readonly Role[]) => Level

/**
 * A rule for the user by name decides; of several the most liberal (Security Levels). Else the rule for everybody does,
 * except that it does not take ADMIN from an account that was given the role admin here: nobody could undo that.
 */
export function createLevels(rules: readonly LevelRule[]): LevelFor {
  const named = new Map<string, Level>()
  for (const { user, level } of rules) named.set(user, higher(level, named.get(user)))
  return (user, roles) => {
    const own = levelOf(roles)
    const byName = named.get(user)
    if (byName || own === 'admin') return byName ?? own
    return named.get('+') ?? own
  }
}

export function lower(one: Level, other: Level): Level {
  return LEVELS.indexOf(one) < LEVELS.indexOf(other) ? one : other
}

/** The roles among stored words; others are of a newer version. */
export function rolesAmong(words: readonly string[]): Role[] {
  return ROLES.filter((role) => words.includes(role))
}

function higher(one: Level, other: Level = 'readonly'): Level {
  return LEVELS.indexOf(one) > LEVELS.indexOf(other) ? one : other
}
