/** `ngclient ls`, also `ngls`: which files are stubs, which have a copy, and how much of each lies here (spec/hub.md 8.1). */

import { join } from 'node:path'
import { Command } from 'commander'
import { EXIT_FAILED, EXIT_OK, UsageError, UserError } from '../failure.ts'
import { printable } from '../terminal/text.ts'
import type { Hub } from './hub/hub.ts'
import type { CommonOptions } from './hub/options.ts'
import { acting, type Invocation } from './invocation.ts'
import { absolute, onlySite, SITE_OPTION } from './submission.ts'

interface LsOptions extends CommonOptions {
  site?: string
  depth: number
  /** False for -H. */
  header: boolean
}

/** As the hub's file browser tells it. */
interface HubFile {
  path: string
  type: string
  size: number
  resident_size: number
  status: string
}

interface HubFolder extends HubFile {
  children: (HubFile & { name: string })[]
}

const STATES: Readonly<Record<string, string>> = { premigrated: 'p', migrated: 'm' }

export function lsCommand(): Command {
  const command = new Command('ls')
    .description('show which files are stubs (m), have a copy (p), or are here alone (-)')
    .argument('[paths...]', 'files and folders; this folder where there is none')
    .option(...SITE_OPTION)
    .option('-d, --depth <levels>', 'how far to look into folders; 0 shows a folder itself', readDepth, 1)
    .option('-H, --no-header', 'without the first line')
  return acting(command, ls)
}

function readDepth(word: string): number {
  if (/^\d{1,4}$/.test(word)) return Number(word)
  throw new UsageError(`--depth takes a whole number, not "${word}"`)
}

async function ls(call: Invocation<LsOptions>, given: readonly string[]): Promise<number> {
  const { options, screen, cwd } = call
  const words = given.length === 0 ? ['.'] : given
  const paths = words.map((word) => ({ shown: word, path: absolute(word, cwd) }))
  const hub = await call.hub()
  const site = options.site ?? (await onlySite(hub))
  if (options.header && !options.json) screen.print(lineOf('SIZE', 'RSS', 'ST', 'FILE NAME'))
  let code = EXIT_OK
  for (const { shown, path } of paths) {
    try {
      await list({ ...call, hub: async () => hub }, { site, path, shown, depth: options.depth })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      screen.refusal(`${shown}: ${error.message}`)
      code = EXIT_FAILED
    }
  }
  return code
}

interface Place {
  site: string
  path: string
  /** The name under which it is printed, as the caller wrote it. */
  shown: string
  depth: number
}

async function list(call: Invocation<LsOptions>, { site, path, shown, depth }: Place): Promise<void> {
  const found = await folderAt(await call.hub(), site, path)
  if (found.type !== 'directory' || depth === 0) return show(call, found, shown)
  for (const child of found.children) {
    const name = shown === '.' ? child.name : join(shown, child.name)
    show(call, child, name)
    if (child.type === 'directory' && depth > 1)
      await list(call, { site, path: child.path, shown: name, depth: depth - 1 })
  }
}

/** All of a folder at once: page by page the hub would read it again each time. */
function folderAt(hub: Hub, site: string, path: string): Promise<HubFolder> {
  const query = { site, path, details: 'true', restricted: 'true', page_size: '0' }
  return hub.call<HubFolder>({ method: 'GET', path: 'file/', query })
}

function show({ options, screen }: Invocation<LsOptions>, file: HubFile, shown: string): void {
  const { size, resident_size, status } = file
  if (options.json) screen.print(JSON.stringify({ ...file, children: undefined }))
  else screen.print(lineOf(String(size), String(resident_size), STATES[status] ?? '-', printable(shown)))
}

function lineOf(size: string, resident: string, state: string, name: string): string {
  return `${size.padStart(12)} ${resident.padStart(12)} ${state.padEnd(2)} ${name}`
}
