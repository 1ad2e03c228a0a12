import { describe, expect, test } from 'vitest'
import { isDomainError } from '../../../../../src/base/errors.ts'
import { readAccessor } from '../../../../../src/dialect/accelerator/query/accessor.ts'
import { writeTable } from '../../../../../src/dialect/accelerator/query/format.ts'
import { aCaller } from '../../../../support/house.ts'
import { aJob, NOW } from '../../../../support/jobs.ts'
import { queryParts } from '../../../../support/query-parts.ts'

const run = { host: 'node01', startedAt: NOW - 31_000, held: { SLOTS: 1 }, suspendedAt: null, suspendedMs: 0 }
const JOBS = [aJob({ id: 1_158_062, state: 'running', run })]
const read = (path: string, parts = queryParts(JOBS)) => {
  const [object = '', id = '', field] = path.split('/')
  return readAccessor(parts, aCaller(), { object, id, field })
}

describe('an accessor', () => {
  test('of the name of the queue answers what nc_rest_101.py prints', async () => {
    expect(writeTable(await read('project/1/project'), 'json')).toBe(
      '{"startrow":1,"endrow":1,"query":"SELECT project FROM 1","errmsg":"",' +
        '"columns":[{"col":0,"field":"project"}],"rows":[["vnc"]]}',
    )
    expect((await read('projects/1/version')).rows).toEqual([['0.1.0']])
  })

  test('of one field keeps the spelling of the path', async () => {
    const table = await read('jobs/001158062/status')
    expect(table).toEqual({
      query: 'SELECT status FROM jobs WHERE idint==1158062',
      columns: ['status'],
      count: 1,
      rows: [['RETRACING']],
    })
    expect((await read('jobs/1158062/Status_NC')).columns).toEqual(['Status_NC'])
  })

  test('of all fields answers what nc_info.py looks up, in upper case', async () => {
    const { columns, rows, query } = await read('jobs/1158062')
    const [row] = rows as [string[]]
    const show = Object.fromEntries(columns.map((name, index) => [name, row[index]]))
    expect(query).toBe('SELECT * FROM jobs WHERE idint==1158062')
    expect(show).toMatchObject({ ID: '001158062', USER: 'alice', GROUP: '/time/users.alice', STATUSNC: 'Running' })
    expect(show).toMatchObject({
      HOST: 'node01',
      DURATIONPP: '31s',
      COMMAND: 'vw sleep 33 > JOBLOG.1',
      GRABBED: 'SLOTS/1',
    })
    expect(await read('jobs/1158062/*')).toEqual({ query, columns, rows, count: 1 })
    expect(await read('jobs/1158062/')).toEqual({ query, columns, rows, count: 1 })
  })

  test('of a job asks for that job and nothing else', async () => {
    const parts = queryParts(JOBS)
    await read('jobs/1158062/host', parts)
    expect(parts.asked).toEqual(['get'])
  })

  test('reaches other things by name', async () => {
    const table = await read('hosts/node01/slots')
    expect(table).toMatchObject({ query: 'SELECT slots FROM hosts WHERE name==node01', rows: [[2]] })
    expect((await read('users/root')).rows).toEqual([['root', 'root', 'ADMIN']])
    expect((await read('fields/DURATIONPP/object')).rows).toEqual([['jobs']])
  })

  test.each([
    ['jobs/7/host', 'not_found', 'no job 7'],
    ['jobs/seven/host', 'not_found', 'an id is a number, such as 45080 or 000045080'],
    ['jobs/1158062/hots', 'invalid', 'did you mean HOST?'],
    ['hosts/node02', 'not_found', 'there is no "node02" in hosts; from=hosts lists what there is'],
    ['project/2/project', 'not_found', 'there is no "2" in project'],
    ['jbos/1', 'not_found', 'there is no object "jbos"; did you mean jobs?'],
    ['__proto__/1', 'not_found', 'there is no object "__proto__"'],
  ] as const)('%s is refused', async (path, code, sentence) => {
    await expect(read(path)).rejects.toThrow(sentence)
    await expect(read(path)).rejects.toSatisfy((error) => isDomainError(error, code))
  })
})
