/** Durations and times as people read them: what fields that end in PP show. */

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The two greatest units: `31s`, `1m13s`, `2h05m`, `12d20h` (Accelerator tutorial 2024.1, nc_info.py; Node Fields). '' below zero. */
export function showDuration(seconds: number): string {
  if (seconds < 0) return ''
  if (seconds < MINUTE) return `${seconds}s`
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m${twoDigits(seconds % MINUTE)}s`
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h${twoDigits(Math.floor((seconds % HOUR) / MINUTE))}m`
  return `${Math.floor(seconds / DAY)}d${twoDigits(Math.floor((seconds % DAY) / HOUR))}h`
}

/** UTC, `2026-10-12T13:26:28Z`; '' for 0, which stands for never. */
export function showTime(unixSeconds: number): string {
  return unixSeconds === 0 ? '' : new Date(unixSeconds * 1000).toISOString().replace('.000Z', 'Z')
}

function twoDigits(count: number): string {
  return String(count).padStart(2, '0')
}
