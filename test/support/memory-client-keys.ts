/** Client keys in memory, for tests of those who only need these. */

import { DomainError } from '../../src/base/errors.ts'
import type { ClientKey, ClientKeyStore } from '../../src/store/workflow-store.ts'

export function memoryClientKeys(): ClientKeyStore {
  const keys = new Map<number, ClientKey>()
  const change = (id: number, changes: Partial<ClientKey>) => {
    const key = keys.get(id)
    if (key) keys.set(id, { ...key, ...changes })
    return key !== undefined
  }
  return {
    async insert(key) {
      if ([...keys.values()].some(({ prefix }) => prefix === key.prefix))
        throw new DomainError('conflict', 'the prefix is taken')
      const id = keys.size + 1
      keys.set(id, { ...key, id })
      return id
    },
    byPrefix: async (prefix) => [...keys.values()].find((key) => key.prefix === prefix),
    list: async (user) => [...keys.values()].filter((key) => user === undefined || key.user === user),
    change: async ({ id, name, expiresAt }) => change(id, { name, expiresAt }),
    markUsed: async (id, at) => void change(id, { lastUsedAt: at }),
    revoke: async (id, at) => change(id, { revokedAt: at }),
  }
}
