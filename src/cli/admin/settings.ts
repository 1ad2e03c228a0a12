/** `yardmaster config`: every setting, with its value and where it comes from. */

import { Command } from 'commander'
import { loadConfig } from '../../config.ts'
import { renderTable } from '../terminal/table.ts'
import { DATA_OPTION } from './data-directory.ts'
import { sourcesOf } from './serve.ts'

interface SettingsOptions {
  data?: string
  config?: string
  set?: string[]
  json?: boolean
}

const COLUMNS = ['SETTING', 'VALUE', 'FROM'].map((heading) => ({ heading }))

export function settingsCommand(): Command {
  return new Command('config')
    .description('print every setting with its value and where it comes from')
    .option(...DATA_OPTION)
    .option('--config <file>', 'instead of yardmaster.toml in the data directory')
    .option('--set <key=value>', 'a setting; may be given again', (value, before: string[] = []) => [...before, value])
    .option('--json', 'print JSON')
    .action(printSettings)
}

function printSettings(options: SettingsOptions): void {
  const { settings, warnings } = loadConfig(sourcesOf(options))
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ settings, warnings }, null, 2)}\n`)
    return
  }
  const rows = settings.map(({ name, value, origin }) => [name, JSON.stringify(value), origin])
  process.stdout.write(`${renderTable(COLUMNS, rows, { width: undefined })}\n`)
  for (const warning of warnings) process.stderr.write(`yardmaster: message: ${warning}\n`)
}
