/** Sessions that somebody signed out of before their time; remembered also over a restart, until they would have ended. */

import type { Clock, Instant } from '../../base/clock.ts'
import type { SettingStore } from '../../store/store.ts'

export interface ClosedSessions {
  has(id: string): Promise<boolean>
  add(id: string, expiresAt: Instant): Promise<void>
  /** A number that differs after every `add`. */
  generation(): number
}

const SETTING = 'auth.closed-sessions'
/** Some 50 kB in the store; whoever signs in and out more often than that a week lets the oldest go. */
const MOST = 1000

export function createClosedSessions(settings: SettingStore, clock: Pick<Clock, 'now'>): ClosedSessions {
  let count = 0
  let loading: Promise<Map<string, Instant>> | undefined
  const load = () => {
    loading ??= settings.get(SETTING).then((text) => new Map<string, Instant>(JSON.parse(text ?? '[]')))
    // What could not be read is read again the next time.
    return loading.catch((error) => {
      loading = undefined
      throw error
    })
  }
  return {
    has: async (id) => (await load()).has(id),
    async add(id, expiresAt) {
      const closed = await load()
      closed.set(id, expiresAt)
      const standing = [...closed].filter(([, end]) => end > clock.now()).slice(-MOST)
      for (const old of closed.keys()) if (!standing.some(([kept]) => kept === old)) closed.delete(old)
      count += 1
      await settings.put(SETTING, JSON.stringify(standing))
    },
    generation: () => count,
  }
}
