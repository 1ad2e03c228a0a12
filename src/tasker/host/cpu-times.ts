/** How long the cores of this host have been busy, out of /proc/stat (proc(5)). Pure. */

/** In clock ticks since boot, all cores together. */
export interface CpuTimes {
  /** In user and kernel mode, interrupts included; time given to virtual machines is part of user. */
  busy: number
  total: number
}

const [USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL] = [0, 1, 2, 3, 4, 5, 6, 7]

export function parseCpuTimes(text: string): CpuTimes {
  const words = /^cpu +([\d ]+)/m.exec(text)?.[1]?.split(' ').map(Number) ?? []
  const sumOf = (...fields: number[]) => fields.reduce((sum, field) => sum + (words[field] ?? 0), 0)
  const busy = sumOf(USER, NICE, SYSTEM, IRQ, SOFTIRQ)
  return { busy, total: busy + sumOf(IDLE, IOWAIT, STEAL) }
}

/** Share of all cores that was busy in between, 0 to 100. */
export function busyPercent(before: CpuTimes, after: CpuTimes): number {
  const total = after.total - before.total
  // The kernel may take back some idle time.
  return total > 0 ? Math.min(100, Math.max(0, ((after.busy - before.busy) / total) * 100)) : 0
}
