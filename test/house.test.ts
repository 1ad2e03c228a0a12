/** The rules of the house, as tests that fail: who may import whom, no circles, sizes. Function sizes are the linter's. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')
const FILE_LINES = 250
const FOLDER_FILES = 24

/** What a room may import besides itself. `server.ts` and `server/` choose parts and may import everything; nobody but `cli` imports them. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  base: [],
  job: ['base'],
  settings: ['base'],
  'config.ts': ['base', 'settings'],
  'announcement.ts': [],
  workflow: ['base', 'object-storage'],
  store: ['base', 'job', 'workflow'],
  executor: ['base', 'job', 'workflow'],
  mover: ['base', 'executor', 'workflow', 'object-storage', 'store'],
  tasker: ['base', 'job', 'executor'],
  http: ['base'],
  'object-storage': ['base'],
  metric: ['base', 'job', 'object-storage'],
  auth: ['base', 'store'],
  engine: ['base', 'job', 'workflow', 'store', 'executor', 'auth', 'metric'],
  dialect: ['base', 'job', 'workflow', 'metric', 'auth', 'engine', 'http'],
  cli: ['base', 'job', 'settings', 'config.ts', 'store', 'auth', 'http', 'metric', 'object-storage', 'server.ts'],
}
/** Rooms of which others see the contract alone, never an implementation. */
const IMPLEMENTATIONS = /^(store\/(sqlite|postgres|migrations)|executor\/(local|mover|slurm)|metric\/memory)\//
/** Who may see an implementation. */
const MAY_CHOOSE = ['server', 'mover', 'cli']

interface Source {
  /** Below src, with forward slashes. */
  path: string
  imports: readonly string[]
  lines: number
}

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map(readSource)

function readSource(path: string): Source {
  const text = readFileSync(join(SRC, path), 'utf8')
  const imports = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target]) =>
    relative(SRC, resolve(SRC, dirname(path), target!)),
  )
  return { path, imports, lines: text.split('\n').length - 1 }
}

/** `dialect/hub/show.ts` is in the room `dialect/hub`: dialects do not see each other. */
function roomOf(path: string): string {
  const [room = '', second = ''] = path.split('/')
  return room === 'dialect' ? `${room}/${second}` : room
}

describe.each(sources.filter(({ path }) => path !== 'server.ts' && !path.startsWith('server/')))(
  'src/$path',
  ({ path, imports, lines }) => {
    const room = roomOf(path)

    test('imports only what its room may', () => {
      const allowed = MAY[room.split('/')[0]!]
      expect(allowed, `the room ${room} is not on the plan; give it a floor in test/house.test.ts`).toBeDefined()
      const wrong = imports.filter(
        (target) => roomOf(target) !== room && !allowed?.includes(roomOf(target).split('/')[0]!),
      )
      expect(wrong).toEqual([])
    })

    test('sees contracts, not implementations', () => {
      const choosing = MAY_CHOOSE.includes(room)
      const inside = IMPLEMENTATIONS.exec(path)?.[1]
      const wrong = imports.filter((target) => {
        const implementation = IMPLEMENTATIONS.exec(target)?.[1]
        return implementation !== undefined && implementation !== inside && !choosing
      })
      const isMigrator = path === 'store/sqlite/migrate.ts'
      expect(isMigrator ? wrong.filter((target) => !target.startsWith('store/migrations/')) : wrong).toEqual([])
    })

    test('is small enough to be read in one go', () => {
      const exempt = /schema|migrations|fields?\.ts/.test(path)
      expect(exempt ? 0 : lines).toBeLessThanOrEqual(FILE_LINES)
    })
  },
)

test('no circle of imports', () => {
  const graph = new Map(sources.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const circles: string[][] = []
  const walk = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path])
    if (done.has(path) || trail.includes(path)) return
    for (const target of graph.get(path) ?? []) walk(target, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
  expect(circles).toEqual([])
})

test('SQL stands in the store alone', () => {
  const statement = /\b(select .+ from|insert into|update \w+ set|delete from) /i
  const elsewhere = sources.filter(({ path }) => !path.startsWith('store/') && !path.startsWith('dialect/accelerator/'))
  const strings = elsewhere.filter(({ path }) => {
    const code = readFileSync(join(SRC, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    return [...code.matchAll(/(['`"])(?:(?!\1)[\s\S])*\1/g)].some(([text]) => statement.test(text))
  })
  expect(strings.map(({ path }) => path)).toEqual([])
})

test('the wall clock is read in base/clock.ts alone', () => {
  const reading = sources.filter(({ path }) => {
    if (path === 'base/clock.ts') return false
    return /\bDate\.now\(|\bnew Date\(\)/.test(readFileSync(join(SRC, path), 'utf8'))
  })
  expect(reading.map(({ path }) => path)).toEqual([])
})

test('no room is a drawer for everything, and no folder is crowded', () => {
  const folders = new Map<string, number>()
  for (const { path } of sources) folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + 1)
  const drawers = [...folders.keys()].filter((folder) =>
    /(^|\/)(utils?|common|helpers?|types|lib|misc)(\/|$)/.test(folder),
  )
  expect(drawers).toEqual([])
  expect(sources.filter(({ path }) => /(^|\/)index\.ts$/.test(path))).toEqual([])
  expect([...folders].filter(([, count]) => count > FOLDER_FILES)).toEqual([])
})
