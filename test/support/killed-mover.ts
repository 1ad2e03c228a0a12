/** `node killed-mover.ts ORDER`: does a step on a disk's site and dies of SIGKILL at the point of that number. Prints the points. */

import { systemClock } from '../../src/base/clock.ts'
import { createDiskStorage } from '../../src/object-storage/disk.ts'
import { openSiteLedger } from '../../src/store/sqlite/site/ledger.ts'
import { runStep } from '../../src/workflow/mover/steps.ts'
import { partsOf } from './mover-site.ts'

const { order, ledger, bucket, killAt } = JSON.parse(process.argv[2] ?? '{}')
const points: string[] = []
const point = (name: string) => {
  points.push(name)
  if (points.length === killAt) process.kill(process.pid, 'SIGKILL')
}
const parts = partsOf(openSiteLedger(ledger, systemClock), createDiskStorage({ root: bucket }))
const { failure } = await runStep(order, { ...parts, point })
process.stdout.write(JSON.stringify({ points, failure }))
