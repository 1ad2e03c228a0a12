import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { SearchRequest } from '../../../../src/engine/workflow/hub/searches.ts'
import { testFolder } from '../../../support/folder.ts'
import { aCaller } from '../../../support/house.ts'
import { aSite, PATIENCE, WorkflowHouse } from '../../../support/workflow-house.ts'

const admin = aCaller('root', 'admin')
const OLD = new Date('2020-01-01T00:00:00Z')

/** Two sites: `one` with a.jpg (1 byte), b.png (2), old.jpg (3) of 2020 and deep/c.jpg (4); `two` with a.jpg. */
async function furnished() {
  const roots = [testFolder(), testFolder()] as const
  const house = new WorkflowHouse(
    roots.map((root, at) => aSite(['one', 'two'][at]!, { id: at + 1, roots: [root, '/shared'] })),
  )
  mkdirSync(join(roots[0], 'deep'))
  const files = { 'a.jpg': 1, 'b.png': 2, 'old.jpg': 3, 'deep/c.jpg': 4 }
  for (const [name, size] of Object.entries(files)) writeFileSync(join(roots[0], name), 'x'.repeat(size))
  writeFileSync(join(roots[1], 'a.jpg'), 'x')
  utimesSync(join(roots[0], 'old.jpg'), OLD, OLD)
  await house.open()
  const { searches } = house.keeping
  const start = (changes: Partial<SearchRequest> = {}) =>
    searches.start(admin, {
      ...{ path: roots[0], sites: undefined, recursive: true, filters: {}, metadataFields: [], merge: false },
      ...changes,
    })
  const found = async (changes: Partial<SearchRequest> = {}) => {
    const id = await start(changes)
    await vi.waitUntil(async () => (await searches.get(admin, id)).isComplete, PATIENCE)
    return searches.hits(admin, id, { offset: 0, limit: 1000 })
  }
  const names = async (filters: SearchRequest['filters'], changes: Partial<SearchRequest> = {}) =>
    (await found({ filters, ...changes })).map(({ name }) => name).toSorted()
  return { house, roots, searches, start, found, names }
}

describe('a filter', () => {
  const TYPE = { 'core.type': 'file' }

  test.each<[string, SearchRequest['filters'], string[]]>([
    ['is a value', { 'core.filename': 'a.jpg' }, ['a.jpg']],
    ['is a wildcard', { 'core.filename': '*.jpg' }, ['a.jpg', 'c.jpg', 'old.jpg']],
    ['is a list of values', { 'core.filename': ['a.jpg', 'b.*'] }, ['a.jpg', 'b.png']],
    ['is none of what stands behind a !', { ...TYPE, 'core.filename': '!*.jpg' }, ['b.png']],
    ['is a list of which nothing may hold', { ...TYPE, 'core.filename': ['!a*', '!*.png'] }, ['c.jpg', 'old.jpg']],
    ['is a list of both', { 'core.filename': ['*.jpg', '!a*'] }, ['c.jpg', 'old.jpg']],
    ['is a range', { 'core.size': { gte: 2, lt: 4 } }, ['b.png', 'old.jpg']],
    ['is a range of numbers that came as text', { ...TYPE, 'core.size': { gt: '3', lt: '1000' } }, ['c.jpg']],
    ['is a range of times', { 'core.mtime': { lte: '2020-01-01T00:00:00Z' } }, ['old.jpg']],
    ['is a range of seconds', { 'core.mtime': { lt: OLD.getTime() / 1000 + 1 } }, ['old.jpg']],
    ['is a state', { ...TYPE, 'hsm.status': '!migrated' }, ['a.jpg', 'b.png', 'c.jpg', 'old.jpg']],
  ])('%s', async (_what, filters, expected) => {
    const { names } = await furnished()
    expect(await names(filters)).toEqual(expected)
  })

  test.each<[SearchRequest['filters'], string]>([
    [{ 'core.sise': 1 }, 'There is no core.sise; did you mean core.size?'],
    [{ 'core.size': { between: 1 } }, 'core.size: "between" is none of lt, lte, gt, gte.'],
    [{ 'core.size': { lt: 'big' } }, 'core.size: a bound of it is a number.'],
    [{ 'core.mtime': { lt: 'yesterday' } }, expect.stringContaining('2026-11-21T09:00:00Z')],
    [{ 'core.filename': Array(101).fill('x') }, 'core.filename: at most 100 values at a time.'],
  ])('%j is refused', async (filters, message) => {
    const { start } = await furnished()
    await expect(start({ filters })).rejects.toMatchObject({ code: 'invalid', message, details: { field: 'filters' } })
  })

  test('of a million exclamation marks is a name as any other', async () => {
    const { names } = await furnished()
    expect(await names({ 'core.filename': ['x', '!'.repeat(1_000_000)] })).toEqual([])
  })
})

test('a folder alone, or with all that is below it', async () => {
  const { names } = await furnished()
  const filters = { 'core.type': 'file' }
  expect(await names(filters, { recursive: false })).toEqual(['a.jpg', 'b.png', 'old.jpg'])
  expect(await names(filters)).toHaveLength(4)
})

test('a folder that is outside of all sites is refused, and one of some is looked for there', async () => {
  const { start, found, roots } = await furnished()
  await expect(start({ path: '/etc' })).rejects.toMatchObject({ code: 'invalid', details: { field: 'path' } })
  await expect(start({ sites: ['two'] })).rejects.toMatchObject({ code: 'invalid', details: { field: 'path' } })
  expect(await found({ path: roots[1] })).toMatchObject([{ site: 'two', name: 'a.jpg' }])
})

test('shows the metadata that are asked for, by wildcards too', async () => {
  const { found, start } = await furnished()
  const [hit] = await found({ filters: { 'core.size': 2 }, metadataFields: ['hsm.*', 'core.size'] })
  expect(hit?.metadata).toEqual({ 'hsm.status': 'resident', 'core.size': 2 })
  await expect(start({ metadataFields: ['['.repeat(2000)] })).rejects.toMatchObject({
    details: { field: 'metadata_fields' },
  })
})

test('finds so many of each site as the configuration says', async () => {
  const { house, found } = await furnished()
  await house.keeping.configurations.change(admin, { search_max_results: 2 })
  expect(await found()).toHaveLength(2)
})

test('what was found is kept as long as the configuration says, and a restart', async () => {
  const { house, start, searches } = await furnished()
  const id = await start({ filters: { 'core.size': 2 } })
  await vi.waitUntil(async () => (await searches.get(admin, id)).isComplete, PATIENCE)
  await house.close()
  await house.open()
  const after = house.keeping.searches
  expect(await after.get(admin, id)).toMatchObject({ count: 1, isComplete: true })
  expect(await after.hits(admin, id, { offset: 0, limit: 10 })).toMatchObject([{ name: 'b.png' }])
  await house.keeping.configurations.change(admin, { search_result_ttl: 1 })
  house.clock.turn(86_400_001)
  await expect(after.get(admin, id)).rejects.toMatchObject({ code: 'not_found' })
  await vi.waitUntil(async () => {
    house.clock.turn(3_600_000)
    return (await house.store.workflows.documents(`search ${id}`)).length === 0
  }, PATIENCE)
  expect(await house.store.workflows.documents('search')).toEqual([])
})
