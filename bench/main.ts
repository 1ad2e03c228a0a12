/** `npm run bench [question ...]`: each question on its own, ours and the references in the same run. */

import { benchCockpit } from './cockpit.ts'
import { benchDiscovery } from './discovery.ts'
import { benchLatency } from './latency.ts'
import { benchLineProtocol } from './line-protocol.ts'
import { benchLists } from './lists.ts'
import { hasWrk } from './load.ts'
import { benchMillion } from './million.ts'
import { benchMoverMemory } from './mover-memory.ts'
import { benchMovers } from './movers.ts'
import { benchRecords } from './records.ts'
import { allKept } from './report.ts'
import { benchRun } from './run.ts'
import { benchSubmit } from './submit.ts'
import { benchWorkflowMemory } from './workflow-memory.ts'
import { benchWorkflows } from './workflows.ts'

const QUESTIONS: Readonly<Record<string, () => Promise<void>>> = {
  submit: benchSubmit,
  run: benchRun,
  latency: benchLatency,
  million: benchMillion,
  lists: benchLists,
  'line-protocol': benchLineProtocol,
  records: benchRecords,
  discovery: benchDiscovery,
  movers: benchMovers,
  'mover-memory': benchMoverMemory,
  'workflow-memory': benchWorkflowMemory,
  cockpit: benchCockpit,
  workflows: benchWorkflows,
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in QUESTIONS))
if (unknown.length > 0) {
  process.stderr.write(`no such question: ${unknown.join(', ')}; there are ${Object.keys(QUESTIONS).join(', ')}\n`)
  process.exit(2)
}
if (!hasWrk()) {
  process.stderr.write('bench needs wrk, the load generator: apt-get install wrk\n')
  process.exit(2)
}
for (const name of asked.length > 0 ? asked : Object.keys(QUESTIONS)) await QUESTIONS[name]!()
process.exit(allKept() ? 0 : 1)
