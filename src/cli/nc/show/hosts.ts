/** `nc hosts`: what there is to run jobs on, and how much of it is in use. */

import { EXIT_OK } from '../../failure.ts'
import { renderTable } from '../../terminal/table.ts'
import { query } from '../job-rows.ts'
import type { Subcommand } from '../subcommand.ts'

const FIELDS = ['NAME', 'STATUS', 'SLOTSUSED', 'SLOTS', 'CORES', 'L1', 'RAMUSED', 'RAM', 'RAMFREE', 'ARCH', 'OS']

const COLUMNS = [
  { heading: 'NAME' },
  { heading: 'STATUS' },
  { heading: 'SLOTS', right: true },
  { heading: 'CORES', right: true },
  { heading: 'LOAD', right: true },
  { heading: 'RAM USED', right: true },
  { heading: 'RAM FREE', right: true },
  { heading: 'ARCH' },
  { heading: 'OS' },
]

export const hosts: Subcommand = {
  name: 'hosts',
  summary: 'list the hosts that run jobs',
  words: '',
  async act({ options, session, screen }) {
    const rows = await query(await session(), { select: FIELDS, from: 'hosts', order: 'name' })
    if (options.json) screen.json(rows)
    const cells = rows.map((host) => [
      host.NAME,
      host.STATUS,
      `${host.SLOTSUSED}/${host.SLOTS}`,
      host.CORES,
      host.L1,
      `${host.RAMUSED}/${host.RAM} MB`,
      `${host.RAMFREE} MB`,
      host.ARCH,
      host.OS,
    ])
    if (!options.json) screen.print(renderTable(COLUMNS, cells, { width: screen.width }))
    return EXIT_OK
  },
}
