import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDomainError } from '../../../../../src/base/errors.ts'
import { readFormat, writeTable } from '../../../../../src/dialect/accelerator/query/format.ts'
import { JOB_FIELDS } from '../../../../../src/dialect/accelerator/query/job/columns.ts'
import { runQuery } from '../../../../../src/dialect/accelerator/query/query.ts'
import { type QueryParams, readQuery } from '../../../../../src/dialect/accelerator/query/request.ts'
import type { QueryParts } from '../../../../../src/dialect/accelerator/query/sources.ts'
import { aCaller } from '../../../../support/house.ts'
import { aJob, aRequest } from '../../../../support/jobs.ts'
import { QUERY_JOBS as JOBS, queryParts } from '../../../../support/query-parts.ts'

const alice = aCaller('alice')
const ask = (params: QueryParams, parts: QueryParts = queryParts(JOBS)) => runQuery(parts, alice, readQuery(params))
const rowsOf = async (params: QueryParams) => (await ask(params)).rows
describe('a query', () => {
  test('of nc_list.py answers upper-case columns and the rows that it prints', async () => {
    const table = await ask({ select: 'id,statusnc,PRIORITYPP,host,command', from: 'System:User:alice' })
    expect(table.columns).toEqual(['ID', 'STATUSNC', 'PRIORITYPP', 'HOST', 'COMMAND'])
    expect(table.rows).toContainEqual(['000045080', 'Running', 'normal', 'node01', 'vw sleep 33 > JOBLOG.1'])
    expect(table.count).toBe(3)
  })

  test('is echoed as it was asked, ORDERBY in one word', async () => {
    const params = {
      select: 'idint,host,status',
      from: 'jobs',
      where: 'status==VALID',
      limit: '10',
      order: 'host DESC',
    }
    const table = await ask(params)
    expect(table.query).toBe('SELECT idint,host,status FROM jobs WHERE status==VALID ORDERBY host DESC LIMIT 10')
    expect(table.rows).toEqual([[45_090, 'node01', 'VALID']])
  })

  test('without a select answers what nc list shows, and without anything else every job by id', async () => {
    const table = await ask({})
    expect(table.query).toBe('SELECT id,statusnc,priorityPP,host,command FROM jobs')
    expect((table.rows as string[][]).map(([id]) => id)).toEqual(['000045080', '000045083', '000045090', '000045091'])
  })

  test('for * answers every field, in any spelling of its name', async () => {
    const table = await ask({ select: '*', limit: 1 })
    expect(table.columns).toEqual(JOB_FIELDS.fields.map(({ name }) => name))
    expect((await ask({ select: 'is_job,S_t_A_t_U_s,durationpp', limit: 1 })).columns).toEqual([
      'ISJOB',
      'STATUS',
      'DURATIONPP',
    ])
  })

  test('orders by several fields and ends with the id', async () => {
    const rows = await rowsOf({ select: 'idint', order: 'priorityPP desc, user' })
    expect(rows).toEqual([[45_083], [45_091], [45_080], [45_090]])
  })

  test.each([
    [{ select: 'statusn' }, 'select: there is no field "statusn" in jobs; did you mean STATUSNC?'],
    [{ select: 'id,,host' }, 'select: a name is missing beside a comma'],
    [{ select: '*,*,*,*' }, 'at most 200 are answered'],
    [{ where: 'usr==bob' }, 'where: there is no field "usr" in jobs; did you mean USER?'],
    [{ where: 'zzzzzz==1' }, 'from=fields&where=object==jobs lists them all'],
    [
      { where: 'isjob durationpp==31s' },
      'where: durationpp (at character 7) is for reading only; test DURATION instead',
    ],
    [{ where: 'commandlength>5' }, 'cannot be tested'],
    [{ where: 'idint~5' }, 'where: idint (at character 1) is a number, and "~" compares text'],
    [{ where: 'idint==five' }, 'takes an id, not "five"'],
    [{ where: 'priority>3.5' }, 'takes a whole number, not "3.5"'],
    [{ where: 'priorityPP>urgent' }, 'takes a number from 1 to 15 or one of low, normal, high and top, not "urgent"'],
    [{ where: 'status>VALID' }, 'has words without an order'],
    [{ where: 'command~"("' }, 'where: command (at character 1) cannot be matched with "("'],
    [{ where: 'statusnc~[' }, 'cannot be matched with "["'],
    [{ order: 'host UP' }, 'order: "host UP" is not FIELD, FIELD ASC or FIELD DESC'],
    [{ order: 'commandlength' }, 'order: COMMANDLENGTH cannot be ordered by'],
    [{ order: 'nothing' }, 'order: there is no field "nothing"'],
    [{ limit: '0' }, 'limit: give a whole number of at least 1'],
    [{ limit: '-1' }, 'limit: give a whole number of at least 1'],
    [{ limit: 'ten' }, 'limit: give a whole number of at least 1'],
    [{ from: 'job' }, 'from: there is no "job"; did you mean jobs?'],
    [{ from: 'System:nothing' }, 'from: there is no "System:nothing"; there are jobs, hosts, taskers, users, sets'],
    [{ from: 'x'.repeat(2000) }, 'from: the name is too long'],
  ])('%j is refused with a sentence', async (params, sentence) => {
    const refused = async () => ask(params)
    await expect(refused()).rejects.toThrow(sentence)
    await expect(refused()).rejects.toSatisfy((error) => isDomainError(error, 'invalid'))
  })

  test('is never anything but answered or refused, whatever its clauses', async () => {
    const clause = fc.option(
      fc.oneof(fc.string(), fc.constantFrom('jobs', '*', 'id', 'status~a', 'host desc', '1', 'sets')),
      { nil: undefined },
    )
    const params = fc.record({ select: clause, from: clause, where: clause, order: clause, limit: clause })
    const parts = queryParts(JOBS)
    await fc.assert(
      fc.asyncProperty(params, async (any) => {
        const judged = await (async () => ask(any, parts))().catch((error: unknown) => error)
        expect(judged instanceof Error && !isDomainError(judged, 'invalid')).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a query from', () => {
  test.each([
    ['jobs', 4],
    ['JOBS', 4],
    ['System:jobs', 4],
    ['system:nodes', 4],
    ['System:User:bob', 1],
    ['System:User:nobody', 0],
    ['Class:sim', 1],
    ['Class:none', 0],
    ['nightly', 1],
    ['45080', 1],
    ['000045080', 1],
    ['99', 0],
  ])('%s has %i jobs', async (from, count) => {
    const { count: rows, columns } = await ask({ select: 'id', from })
    expect([rows, columns]).toEqual([count, ['ID']])
  })

  test('project, projects and 1 answers the one queue', async () => {
    for (const from of ['project', 'projects', '1', '000000001']) {
      expect(await rowsOf({ select: 'id,project,version', from })).toEqual([['000000001', 'vnc', '0.1.0']])
    }
  })

  test('hosts and taskers says how busy they are', async () => {
    const select = 'name,status,slots,slotsused,ramfree,l1,uptime'
    expect(await rowsOf({ select, from: 'taskers' })).toEqual([['node01', 'Working', 2, 1, 3000, 0.51, 90]])
    expect(await rowsOf({ select: 'name', from: 'hosts', where: 'l1>0.5 uptime>1m' })).toEqual([['node01']])
  })

  test('users can be tested, ordered and limited as jobs can', async () => {
    expect(await rowsOf({ from: 'users', order: 'name desc', limit: 1 })).toEqual([['root', 'root', 'ADMIN']])
    expect(await rowsOf({ select: 'name', from: 'users', where: 'level!=ADMIN' })).toEqual([['alice']])
    await expect(ask({ from: 'users', where: 'host==x' })).rejects.toThrow('there is no field "host" in users')
  })

  test('sets lists those that hold a job, and each can be queried', async () => {
    const rows = (await rowsOf({ from: 'sets' })) as [string, number][]
    expect(rows).toContainEqual(['System:User:alice', 3])
    expect(rows).toContainEqual(['Class:sim', 1])
    expect(rows).toContainEqual(['nightly', 1])
    for (const [from, count] of rows) expect((await ask({ from })).count).toBe(count)
  })

  test('buckets and states sums jobs up', async () => {
    expect(await rowsOf({ select: 'user,jobs,waitingfor', from: 'buckets' })).toEqual([['alice', 3, 'a slot']])
    expect(await rowsOf({ from: 'states', where: 'jobs' })).toEqual([['Done', 'VALID', 1]])
  })

  test('objects lists every object, and fields the fields of each', async () => {
    for (const [from] of (await rowsOf({ select: 'objectname', from: 'objects' })) as [string][]) {
      const { columns } = await ask({ select: '*', from })
      const fields = await rowsOf({ select: 'name', from: 'fields', where: `object==${from}` })
      expect(fields).toEqual(columns.map((name) => [name]))
    }
  })
})

describe('an answer', () => {
  test('without rows has no rows, and counts from nothing to nothing', async () => {
    expect(writeTable(await ask({ select: 'id', where: 'isfile' }), 'json')).toBe(
      '{"startrow":0,"endrow":0,"query":"SELECT id FROM jobs WHERE isfile","errmsg":"","columns":[{"col":0,"field":"ID"}]}',
    )
  })

  test('with a thousand rows is one text, and beyond that a stream of the same', async () => {
    const many = (count: number) => queryParts(Array.from({ length: count }, (_, index) => aJob({ id: 2 + index })))
    const small = writeTable(await ask({ select: 'id' }, many(1000)), 'json')
    expect(JSON.parse(String(small)).rows).toHaveLength(1000)
    const large = writeTable(await ask({ select: 'idint' }, many(1001)), 'json')
    expect(large).toBeInstanceOf(Readable)
    const read = JSON.parse(await text(large as Readable))
    expect([read.startrow, read.endrow, read.rows.length, read.rows[1000]]).toEqual([1, 1001, 1001, [1002]])
    const csv = writeTable(await ask({ select: 'idint' }, many(1001)), 'csv-noheader')
    expect((await text(csv as Readable)).split('\n').slice(-3)).toEqual(['1001', '1002', ''])
  })

  test('that nobody reads to its end gives its rows back', async () => {
    const jobs = Array.from({ length: 1001 }, (_, index) => aJob({ id: 2 + index }))
    const parts = queryParts(jobs)
    const stream = writeTable(await ask({}, parts), 'json') as Readable
    stream.destroy()
    await new Promise((resolve) => stream.once('close', resolve))
    expect(parts.asked).toEqual(['query', 'closed'])
  })

  test('as CSV is quoted, and never a formula', async () => {
    const request = aRequest({ command: 'echo "a,b"\n', jobname: '=1+1', jobclass: '-x' })
    const parts = queryParts([aJob({ id: 7, request })])
    const table = await ask({ select: 'id,jobname,jobclass,cmd,xdur' }, parts)
    expect(writeTable(table, 'csv')).toBe('ID,JOBNAME,JOBCLASS,CMD,XDUR\n000000007,\'=1+1,\'-x,"echo ""a,b""\n",-1\n')
    expect(writeTable(table, 'csv-noheader')).toMatch(/^000000007,/)
    expect(writeTable({ ...table, count: 0, rows: [] }, 'csv-noheader')).toBe('')
  })

  test('is given in the format asked for, JSON by default', () => {
    expect([undefined, '', 'JSON', 'csv', 'csv-noheader'].map(readFormat)).toEqual([
      'json',
      'json',
      'json',
      'csv',
      'csv-noheader',
    ])
    expect(() => readFormat('xml')).toThrow('format: "xml" is not one of json, csv, csv-noheader')
  })
})
