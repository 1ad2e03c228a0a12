import { rmSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { readAccessor } from '../../../../../src/dialect/accelerator/query/accessor.ts'
import { JOB_FIELDS } from '../../../../../src/dialect/accelerator/query/job/columns.ts'
import { runQuery } from '../../../../../src/dialect/accelerator/query/query.ts'
import { readQuery } from '../../../../../src/dialect/accelerator/query/request.ts'
import type { Jobs } from '../../../../../src/engine/jobs.ts'
import { openSqliteStore } from '../../../../../src/store/sqlite/open.ts'
import type { JobQuery } from '../../../../../src/store/store.ts'
import { makeFolder } from '../../../../support/folder.ts'
import { aCaller } from '../../../../support/house.ts'
import { NOW } from '../../../../support/jobs.ts'
import { QUERY_JOBS, queryParts } from '../../../../support/query-parts.ts'

const dataDir = makeFolder()
const store = await openSqliteStore({ dataDir })
await Promise.all(QUERY_JOBS.map((job) => store.jobs.insert(job)))
afterAll(async () => {
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const inMemory = queryParts(QUERY_JOBS)
const query = (_caller: unknown, asked: Omit<JobQuery, 'now'>) => store.jobs.query({ ...asked, now: NOW })
const jobs = { ...inMemory.engine.jobs, query } as unknown as Jobs
const inStore = { ...inMemory, engine: { ...inMemory.engine, jobs } }

describe.each([
  ['memory', inMemory],
  ['the SQLite store', inStore],
])('among jobs in %s', (_where, parts) => {
  const ask = (select: string, where: string) => runQuery(parts, aCaller(), readQuery({ select, where }))
  /** The ids that a rule finds, without the digits that all have in common. */
  const found = async (where: string) => {
    const rows = (await ask('idint', where)).rows as number[][]
    return rows.map(([id]) => id! - 45_000)
  }

  test.each([
    ['', [80, 83, 90, 91]],
    ['isjob', [80, 83, 90, 91]],
    ['isfile', []],
    ['name==x', []],
    ['jobname', [90]],
    ['IS_JOB status==VALID', [90]],
    ['status==INVALID,FAILED', [83, 91]],
    ['status!=invalid,failed', [80, 90]],
    ['status==RUNNING', [80]],
    ['statusnc==scheduled', [83]],
    ['statusnc~"^(R|D)"', [80, 90]],
    ['statusnc==Nowhere', []],
    ['statusnc!=Nowhere', [80, 83, 90, 91]],
    ['id==000045080', [80]],
    ['id==45080,45090', [80, 90]],
    ['id>=45090', [90, 91]],
    ['idint<45083 | idint>45090 & isjob', [80, 91]],
    ['command~"sleep 6"', [83]],
    ['command~sleep\\ 6', [83]],
    ['user^^BOB', [83]],
    ['host:nod*', [80, 90, 91]],
    ['host::NOD*', [80, 90, 91]],
    ['not host or exit>2', [83, 91]],
    ['exit==-1', [80, 83]],
    ['exit!=0', [80, 83, 91]],
    ['exit', [80, 83, 91]],
    ['exit>=0', [90, 91]],
    ['exit<1', [80, 83, 90]],
    ['starttime==0', [83]],
    ['starttime', [80, 90, 91]],
    ['endtime<1', [80, 83]],
    ['duration>29s', [80, 90, 91]],
    ['duration<1m', [80, 83, 90, 91]],
    ['priorityPP==high', [83]],
    ['priorityPP==h,5', [83, 91]],
    ['priorityPP>normal', [83, 91]],
    ['priorityPP^gh', [83]],
    ['umask==022', [80, 83, 90, 91]],
    ['autoforget==true', [80, 83, 90, 91]],
    ['!autoforget', []],
    ['setname==nightly', [90]],
    ['inputs', [90]],
    ['inputs=="a.v b.v"', [90]],
    ['inputs!="a.v b.v"', [80, 83, 91]],
    ['inputs==""', [80, 83, 91]],
    ['inputs^^B.V', [90]],
    ['legalexit=="0 3"', [83]],
    ['xdur==-1', [80, 83, 90, 91]],
    ['maxram>=12 cputime==1500', [90, 91]],
    ['user>alice', [83]],
    ['status!~^V', [80, 83, 91]],
    ['cause==exit', [91]],
  ])('where %j finds %j', async (where, ids) => {
    expect(await found(where)).toEqual(ids)
  })

  test('finds a bucket again by the name that it was shown with', async () => {
    const [[bucket]] = (await ask('bucketid', 'user==bob')).rows as [[string]]
    expect(bucket).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(await found(`bucketid==${bucket}`)).toEqual([83])
  })

  test('every field can be selected, and says what it says of a single job', async () => {
    for (const { id } of QUERY_JOBS) {
      const { columns, rows } = await ask('*', `id==${id}`)
      expect(columns).toHaveLength(JOB_FIELDS.fields.length)
      expect(rows).toEqual((await readAccessor(inMemory, aCaller(), { object: 'jobs', id: String(id) })).rows)
    }
  })

  test('every field can be ordered by, or says that it cannot', async () => {
    for (const { name, orderBy } of JOB_FIELDS.fields) {
      const asked = async () => runQuery(parts, aCaller(), readQuery({ select: 'idint', order: `${name} desc` }))
      if (orderBy) expect((await asked()).count).toBe(QUERY_JOBS.length)
      else await expect(asked()).rejects.toThrow('cannot be ordered by')
    }
  })
})
