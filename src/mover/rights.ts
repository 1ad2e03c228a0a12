/** The rights of this process's calls to the file system: its own, or for a while those of whom it works for. */

import type { Identity } from '../workflow/task-order.ts'

const ROOT = 0

/**
 * Null for the process's own. Holds for the whole process, all threads: what is not synchronous must not be under way
 * under somebody else's rights. Ends the process where its own cannot be had back.
 */
export function createRights(): (identity: Identity | null) => void {
  const own = { groups: process.getgroups?.() ?? [], gid: process.getegid?.() ?? 0 }
  const isRoot = process.getuid?.() === ROOT
  let isSwitched = false
  const isOwn = ({ uid, gid, groups }: Identity) =>
    uid === process.getuid?.() && gid === own.gid && isSame(new Set(groups), new Set(own.groups))
  const goBack = () => {
    if (!isSwitched) return
    try {
      process.seteuid?.(ROOT)
      process.setegid?.(own.gid)
      process.setgroups?.(own.groups)
      isSwitched = false
    } catch {
      process.exit(1)
    }
  }
  return (identity) => {
    goBack()
    if (identity === null || isOwn(identity)) return
    if (!isRoot) throw new Error(`only a mover of root can act as ${identity.name}`)
    isSwitched = true
    try {
      process.setgroups?.([...identity.groups])
      process.setegid?.(identity.gid)
      process.seteuid?.(identity.uid)
    } catch (error) {
      goBack()
      throw error
    }
  }
}

function isSame(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  return one.size === other.size && one.isSubsetOf(other)
}
