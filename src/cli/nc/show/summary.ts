/** `nc summary`: how many jobs stand in each state, and what the queued ones wait for. */

import { EXIT_OK } from '../../failure.ts'
import type { Screen } from '../../terminal/screen.ts'
import { renderTable } from '../../terminal/table.ts'
import { query, type Row } from '../job-rows.ts'
import type { Subcommand } from '../subcommand.ts'

const BUCKET_FIELDS = ['JOBS', 'USER', 'GROUP', 'PRIORITYPP', 'JOBCLASS', 'TOOL', 'RESOURCES', 'WAITINGFOR']

const BUCKET_COLUMNS = [
  { heading: 'JOBS', right: true },
  { heading: 'USER' },
  { heading: 'PRI' },
  { heading: 'CLASS' },
  { heading: 'TOOL' },
  { heading: 'RESOURCES' },
  { heading: 'WAITING FOR' },
]

export const summary: Subcommand = {
  name: 'summary',
  summary: 'count jobs by state and by what they wait for',
  words: '',
  async act({ options, session, screen }) {
    const signedIn = await session()
    const states = await query(signedIn, { select: ['STATUSNC', 'JOBS'], from: 'states' })
    const buckets = await query(signedIn, { select: BUCKET_FIELDS, from: 'buckets', order: 'jobs DESC' })
    if (options.json) screen.json({ states, buckets })
    else show(states, buckets, screen)
    return EXIT_OK
  },
}

function show(states: readonly Row[], buckets: readonly Row[], screen: Screen): void {
  const present = states.filter(({ JOBS }) => Number(JOBS) > 0)
  const total = present.reduce((sum, { JOBS }) => sum + Number(JOBS), 0)
  const lines = [['Total', total], ...present.map(({ STATUSNC, JOBS }) => [STATUSNC, JOBS])]
  for (const [label, jobs] of lines) screen.print(`${String(label).padEnd(16)}${jobs}`)
  if (buckets.length === 0) return
  const cells = buckets.map((bucket) => [
    bucket.JOBS,
    bucket.USER,
    bucket.PRIORITYPP,
    bucket.JOBCLASS,
    bucket.TOOL,
    bucket.RESOURCES,
    bucket.WAITINGFOR,
  ])
  screen.print(`\n${renderTable(BUCKET_COLUMNS, cells, { width: screen.width })}`)
}
