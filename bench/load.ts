/** A stream of POSTs from 64 connections by wrk, a program in C, so that the load costs little of what is measured. */

import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Load {
  url: string
  token: string
  connections: number
  seconds: number
  /** A body; `@N@` in it becomes a number that is used once. */
  body: string
}

export interface LoadResult {
  perSecond: number
  refused: number
}

/** A stream of POSTs whose numbers go up by one from `first`. */
export interface NumberedLoad extends Load {
  first: number
}

export function hasWrk(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v wrk'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** wrk calls `request` for each request; the counter starts at a random place so that no two runs meet. */
function scriptOf({ token, body }: Load, start: number): string {
  return `
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer ${token}"
local n = ${start}
local body = [[${body}]]
function request()
  n = n + 1
  return wrk.format(nil, nil, nil, (body:gsub("@N@", string.format("%d", n))))
end
`
}

export function runLoad(load: Load): Promise<LoadResult> {
  return runScript({ ...load, first: Math.floor(Math.random() * 1e9) * 1000 })
}

export async function runScript(load: NumberedLoad): Promise<LoadResult> {
  const script = join(mkdtempSync(join(tmpdir(), 'yard-wrk-')), 'post.lua')
  writeFileSync(script, scriptOf(load, load.first))
  const args = ['-t1', `-c${load.connections}`, `-d${load.seconds}s`, '-s', script, load.url]
  const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  for await (const chunk of child.stdout) output += chunk
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1] ?? Number.NaN)
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0)
  return { perSecond, refused }
}
