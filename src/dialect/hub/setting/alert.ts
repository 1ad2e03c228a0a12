/** Alerts: which are asked for, and how each is shown (spec/hub.md 2.6, 10.4). */

import type { Alert } from '../../../engine/workflow/hub/alerts.ts'
import { showTime } from '../manners/time.ts'
import { choicesOf, flagOf, type Query, readAll, timeOf, wordsOf } from '../query.ts'

const SEVERITIES: readonly Alert['severity'][] = ['INFO', 'WARNING', 'CRITICAL']

/** Those that nobody muted, unless `suppressed` asks for the others. @throws Refused naming the parameter */
export function wantedAlerts(query: Query): (alert: Alert) => boolean {
  const suppressed = flagOf(query, 'suppressed') ?? false
  const { severities, since = Number.NEGATIVE_INFINITY } = readAll({
    severities: () => choicesOf(query, 'severity', (word) => SEVERITIES.find((each) => each === word.toUpperCase())),
    since: () => timeOf(query, 'timestamp'),
  })
  const texts = (['name', 'site', 'node', 'summary'] as const).map((key) => [key, wordsOf(query, key)] as const)
  return (alert) =>
    alert.suppressed === suppressed &&
    alert.at >= since &&
    (severities.length === 0 || severities.includes(alert.severity)) &&
    texts.every(([key, words]) => words.length === 0 || words.includes(alert[key] ?? ''))
}

export function showAlert({ id, site, name, node, queue, createdAt, at, severity, summary, suppressed }: Alert) {
  return {
    id,
    site,
    name,
    node,
    queue,
    created: showTime(createdAt),
    timestamp: showTime(at),
    severity,
    summary,
    suppressed,
  }
}
