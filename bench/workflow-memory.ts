/** Runs of workflows over few files and over many, by a real server: what it and the movers hold, and whether batches get slower. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { moverFolder } from '../src/executor/mover-protocol.ts'
import { startYard, YARDMASTER, type Yard } from '../test/support/yard.ts'
import { residentMb } from './mover-crew.ts'
import { perSecond, report } from './report.ts'
import { makeTree, placeFor } from './tree.ts'

const FEW = 10_000
/** One after the other, until the server's heap has its usual size. */
const RUNS_OVER_FEW = 10
const MANY = Number(process.env.YARDMASTER_BENCH_PATHS ?? 5_000_000)
const SAMPLE_MS = 200
const MEMORY_FLOOR = 1.5
const RATE_FLOOR = 0.9
/** Of the files, at the beginning and at the end. */
const PART = 0.1

const SITE = 'bench'
/** A program a batch, which does nothing. */
const ACTION = { name: 'dynamo.custom.command', command: 'true {paths_file}' }
const RULE = { type: 'file', state: 'all', action: [ACTION] }
const WORKFLOW = { name: 'bench', label: 'Bench', icon_classes: [], fields: [], filter_rules: [RULE] }

interface Course {
  serverMb: number
  moversMb: number
  /** How many files were done, and when. */
  samples: { atMs: number; done: number }[]
}

export async function benchWorkflowMemory(): Promise<void> {
  const place = placeFor(MANY + FEW)
  const dataDir = mkdtempSync(join(tmpdir(), 'yard-'))
  try {
    makeTree(join(place, 'few'), FEW)
    makeTree(join(place, 'many'), MANY)
    writeFileSync(join(dataDir, 'yardmaster.toml'), `[[sites]]\nname = "${SITE}"\nroots = ["${place}"]\nthreads = 2\n`)
    const yard = await startYard({ dataDir })
    try {
      await compare(await signIn(yard), yard, place)
    } finally {
      await yard.remove()
    }
  } finally {
    for (const folder of [place, dataDir]) rmSync(folder, { recursive: true, force: true })
  }
}

async function compare(hub: Hub, yard: Yard, place: string): Promise<void> {
  await hub('/api/workflows/', WORKFLOW)
  const few: Course = { serverMb: 0, moversMb: 0, samples: [] }
  for (let run = 0; run < RUNS_OVER_FEW; run += 1) await follow(hub, yard, { path: join(place, 'few'), course: few })
  const many: Course = { serverMb: 0, moversMb: 0, samples: [] }
  await follow(hub, yard, { path: join(place, 'many'), course: many })
  for (const [name, before, now] of [
    ['the server', few.serverMb, many.serverMb],
    ['the movers', few.moversMb, many.moversMb],
  ] as const)
    report({
      question: `memory of ${name} over a run of ${MANY.toLocaleString('en')} files`,
      ours: `${now.toFixed(0)} MB`,
      reference: `runs of ${FEW.toLocaleString('en')} files ${before.toFixed(0)} MB`,
      ratio: now / before,
      floor: `at most ${MEMORY_FLOOR}`,
      kept: now <= before * MEMORY_FLOOR,
    })
  const [first, last] = [rateOf(many, 0, PART), rateOf(many, 1 - PART, 1)]
  report({
    question: `files a second in the last tenth of a run of ${MANY.toLocaleString('en')}`,
    ours: perSecond(last),
    reference: `in the first tenth, beside the discovery, ${perSecond(first)}`,
    ratio: last / first,
    floor: String(RATE_FLOOR),
    kept: last >= first * RATE_FLOOR,
  })
}

/** To the end of one run. @throws when it does not end well */
async function follow(hub: Hub, yard: Yard, { path, course }: { path: string; course: Course }): Promise<void> {
  const movers = moverFolder(yard.dataDir, SITE)
  const { id } = await hub('/api/file/workflow/', {
    paths: [path],
    site: SITE,
    workflow: 'bench',
    discovery: 'recursive',
  })
  for (;;) {
    const { state, stats } = await hub(`/api/jobs/${id}/`)
    course.samples.push({ atMs: performance.now(), done: stats.processed })
    course.serverMb = Math.max(course.serverMb, yard.residentMb())
    course.moversMb = Math.max(course.moversMb, residentMb(movers))
    if (state === 'SUCCESS') return
    if (!['PENDING', 'STARTED'].includes(state)) throw new Error(`a run over ${path} ended as ${state}`)
    await delay(SAMPLE_MS)
  }
}

function rateOf({ samples }: Course, from: number, to: number): number {
  const at = (share: number) => samples.find(({ done }) => done >= share * MANY) ?? samples.at(-1)!
  const [begin, end] = [from === 0 ? samples.findLast(({ done }) => done === 0)! : at(from), at(to)]
  return ((end.done - begin.done) / (end.atMs - begin.atMs)) * 1000
}

interface Answer {
  id: number
  state: string
  stats: { processed: number }
  access: string
}
type Hub = (path: string, body?: object) => Promise<Answer>

async function signIn(yard: Yard): Promise<Hub> {
  const [username, password] = [userInfo().username, 'a-long-password']
  execFileSync(YARDMASTER, ['user', 'passwd', username, '--data', yard.dataDir, '--password-stdin'], {
    input: password,
  })
  const { access } = await ask(yard, '/api/auth/token/', { username, password })
  return (path, body) => ask(yard, path, body, { authorization: `Bearer ${access}` })
}

async function ask({ hubUrl }: Yard, path: string, body?: object, headers: Record<string, string> = {}) {
  const post = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { ...headers, 'content-type': 'application/json' },
  }
  const response = await fetch(`${hubUrl}${path}`, body ? post : { headers })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}
