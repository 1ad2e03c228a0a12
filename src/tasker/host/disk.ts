/** What this host's disks read and wrote, out of /proc/diskstats (Documentation/admin-guide/iostats.rst). Pure. */

export interface DiskBytes {
  /** Since boot, by disk. */
  read: Map<string, number>
  written: Map<string, number>
}

/** The unit of the file, whatever the disk's own sectors. */
const SECTOR_BYTES = 512

/** Those that are disks as a whole, since a partition's bytes are its disk's too. */
export function parseDisks(text: string, isWhole: (name: string) => boolean): DiskBytes {
  const lines = text.split('\n').map((line) => line.trim().split(/ +/))
  const disks = lines.filter(([, , name]) => name !== undefined && isWhole(name))
  const column = (index: number) =>
    new Map(disks.map((words) => [words[2] ?? '', Number(words[index] ?? 0) * SECTOR_BYTES]))
  return { read: column(5), written: column(9) }
}
