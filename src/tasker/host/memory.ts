/** How much of this host's memory is taken, out of /proc/meminfo (proc(5)). Pure. */

/** MB that programs cannot have without somebody giving something up. */
export function parseUsedRamMb(text: string): number {
  const kbOf = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0)
  return (kbOf('MemTotal') - kbOf('MemAvailable')) / 1024
}
