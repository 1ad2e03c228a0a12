/** Ids as people and programs write them. */

/** An id as VOV prints it: nine digits, zero padded (Accelerator tutorial 2024.1, nc_list.py). */
export function padId(id: number): string {
  return String(id).padStart(9, '0')
}

/** The number in a padded or bare decimal id; undefined for anything else. */
export function parseId(text: string): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined
  return Number(text)
}
