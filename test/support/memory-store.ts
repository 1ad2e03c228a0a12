/** Users and settings in memory, for tests of those who only need these. */

import { DomainError } from '../../src/base/errors.ts'
import type { SettingStore, User, UserStore } from '../../src/store/store.ts'

export function aUser(changes: Partial<User> = {}): User {
  return {
    name: 'alice',
    passwordHash: 'hash',
    roles: ['user'],
    createdAt: 0,
    revision: 1,
    fullName: '',
    email: '',
    projects: [],
    source: 'local',
    ...changes,
  }
}

export function memoryUsers(initial: readonly User[] = []): UserStore {
  const users = new Map(initial.map((user) => [user.name, user]))
  const preferences = new Map<string, Record<string, string>>()
  let changes = 0
  const find = (name: string) => {
    if (!users.has(name)) throw new DomainError('not_found', `there is no account named ${name}`)
  }
  return {
    get: async (name) => users.get(name),
    list: async () => [...users.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    async insert(user) {
      if (users.has(user.name)) throw new DomainError('conflict', `there is already an account named ${user.name}`)
      users.set(user.name, user)
      changes += 1
    },
    async replace(user, was) {
      find(user.name)
      const now = users.get(user.name)!
      if (was && (was.revision !== now.revision || was.projects.join() !== now.projects.join()))
        throw new DomainError('conflict', `the account ${user.name} was changed at the same moment`)
      users.set(user.name, user)
      changes += 1
    },
    async remove(name) {
      find(name)
      users.delete(name)
      preferences.delete(name)
      changes += 1
    },
    generation: () => changes,
    preferences: async (name) => preferences.get(name) ?? {},
    setPreference: async (name, key, value) => void preferences.set(name, { ...preferences.get(name), [key]: value }),
  }
}

export function memorySettings(): SettingStore {
  const settings = new Map<string, string>()
  return {
    get: async (name) => settings.get(name),
    put: async (name, value) => void settings.set(name, value),
  }
}
