/** Values as a person reads them on a terminal. */

/** Without what a terminal would obey: a job's command may hold any byte, also escape sequences. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (letter) => ESCAPES[letter] ?? hex(letter))
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' }

function hex(letter: string): string {
  return `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** Unix seconds in the reader's zone, `2026-03-24 13:26:28`; '' for none. */
export function localTime(seconds: unknown): string {
  if (typeof seconds !== 'number' || !(seconds > 0)) return ''
  const date = new Date(seconds * 1000)
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part)).join(':')}`
}

export function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}

/** `1 job`, `3 jobs`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
