/** When a schedule is due: five fields of cron, as one text or each under its own name (spec/hub.md 4.7). */

export const CRON_PARTS = ['minute', 'hour', 'day_of_month', 'month_of_year', 'day_of_week'] as const
export type CronPart = (typeof CRON_PARTS)[number]

/** The text with the parts that were given put in. */
export function cronWith(before: string, parts: Readonly<Partial<Record<CronPart, string>>>): string {
  const fields = before.trim().split(/\s+/)
  return CRON_PARTS.map((part, index) => parts[part] ?? fields[index] ?? '*').join(' ')
}

export function partsOf(cron: string): Record<CronPart, string> {
  const fields = cron.trim().split(/\s+/)
  const parts = CRON_PARTS.map((part, index) => [part, fields[index] ?? '*'] as const)
  return Object.fromEntries(parts) as Record<CronPart, string>
}
