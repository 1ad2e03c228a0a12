/** Starting a workflow over paths, and waiting for it. */

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { EXIT_OK, UsageError } from '../failure.ts'
import type { Hub } from './hub/hub.ts'
import type { HubJob } from './hub/job.ts'
import type { CommonOptions } from './hub/options.ts'
import type { Invocation } from './invocation.ts'
import { addWaitOptions, type WaitOptions, watchingOf } from './watch/wait-options.ts'
import { waitFor } from './watch/watch.ts'

export interface SubmitOptions extends CommonOptions, WaitOptions {
  site?: string
  queue?: string
  recursive?: boolean
  /** False for --no-wait. */
  wait: boolean
}

/** Those of every subcommand that starts a workflow. */
export function addSubmitOptions(command: Command): Command {
  command
    .option('-r, --recursive', 'also everything below the paths that are folders')
    .option('--queue <name>', "the site's queue that it goes through (default)")
    .option('--no-wait', 'print the number of the job and leave')
  return addWaitOptions(command)
}

export const SITE_OPTION = ['-s, --site <name>', 'the site where the paths are (the only one)'] as const

/** `none` takes the paths as they are, `default` leaves it to the workflow. */
export const DISCOVERY_WORDS = ['recursive', 'snapdiff', 'none', 'default'] as const
export type DiscoveryWord = (typeof DISCOVERY_WORDS)[number]

export interface Submission {
  workflow: string
  paths: readonly string[]
  fields?: Readonly<Record<string, unknown>> | undefined
  /** How files are found below the paths; what -r says where it is not given. */
  discovery?: DiscoveryWord | undefined
}

/** The exit code: how the job ended, or that it was submitted. @throws UsageError, RefusedError */
export async function submit(call: Invocation<SubmitOptions>, submission: Submission): Promise<number> {
  const { options, screen, cwd } = call
  const { workflow, fields, discovery: way = options.recursive ? 'recursive' : 'none' } = submission
  const discovery = way === 'default' ? undefined : way === 'none' ? null : way
  const paths = submission.paths.map((path) => absolute(path, cwd))
  const hub = await call.hub()
  const site = options.site ?? (await onlySite(hub))
  const body = { workflow, site, paths, discovery, fields, queue: options.queue }
  const job = await hub.call<HubJob>({ method: 'POST', path: 'file/workflow/', body })
  if (options.wait) {
    const waiting = waitFor(job.id, watchingOf(call, hub))
    // Only now, since whoever reads it may press Ctrl-C, and that is minded from here on.
    screen.message(`job ${job.id} is submitted`)
    return waiting
  }
  if (options.json) screen.json(job)
  else screen.print(`Job ${job.id} is submitted`)
  return EXIT_OK
}

/** What Node puts in place of bytes that are no UTF-8. */
const LOST = '\ufffd'

/** @throws UsageError for a name that did not reach us as it is */
export function absolute(path: string, cwd: string): string {
  if (path === '') throw new UsageError('a path is empty')
  if (!path.includes(LOST)) return resolve(cwd, path)
  throw new UsageError(`the name "${path}" is not UTF-8 and cannot be given here; give its folder, with -r`)
}

export async function onlySite(hub: Hub): Promise<string> {
  const names: string[] = []
  for await (const { name } of hub.rows<{ name: string }>('sites/')) names.push(name)
  if (names.length === 1) return names[0]!
  if (names.length === 0) throw new UsageError(`${hub.url} has no site yet`)
  throw new UsageError(`which site? ${hub.url} has ${names.join(', ')}; say it with -s`)
}
