/** Files of lines, as long as no others are there. */

import type { Exports } from '../../../src/dialect/cockpit/job/export-routes.ts'

export const plainExports: Exports = {
  async *records(batches, format) {
    for await (const batch of batches) for (const { id, user } of batch) yield `${format} ${id} ${user}\n`
  },
  async *curves({ id }, curves, format) {
    for (const { metric } of curves) yield `${format} ${id} ${metric}\n`
  },
}
