/** Checks of the machine: Node, compiler, Python, disk. */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { type Check, fail, ok, warn } from './finding.ts'

const run = promisify(execFile)
const LEAST_NODE = 24
const PROBE_MS = 10_000

export const nodeVersion: Check = () => {
  const { version, versions } = process
  if (Number(versions.node.split('.')[0]) >= LEAST_NODE) return ok('node', `${version} at ${process.execPath}`)
  return fail('node', `${version} is too old; npm install node@${LEAST_NODE}`)
}

export const compiler: Check = async () => {
  const said = await answerOf('cc', ['--version'])
  if (said !== undefined) return ok('compiler', said)
  return warn('compiler', 'no cc: jobs are started by a slower way; apt-get install gcc libc6-dev')
}

export const pythonRequests: Check = async () => {
  const said = await answerOf('python3', ['-c', 'import requests; print("requests", requests.__version__)'])
  if (said !== undefined) return ok('python', said)
  return warn('python', 'vov_rest_v3.py needs Python 3 with requests: apt-get install python3-requests')
}

/** First line of what a program prints; undefined when it cannot be run. */
async function answerOf(program: string, words: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(program, words, { timeout: PROBE_MS })).stdout.split('\n')[0]
  } catch {
    return undefined
  }
}

const LOW_BYTES = 1024 ** 3
const LEAST_BYTES = 100 * 1024 ** 2

export const diskSpace: Check = async (dataDir) => {
  const { bavail, bsize } = await statfs(nearestFolder(dataDir))
  const free = bavail * bsize
  const sentence = `${(free / 1024 ** 3).toFixed(1)} GB free for ${dataDir}`
  if (free < LEAST_BYTES) return fail('disk', `${sentence}: submissions will be refused; make room`)
  return free < LOW_BYTES ? warn('disk', `${sentence}: make room soon`) : ok('disk', sentence)
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path))
}
