/** `yardmaster archive` as an administrator uses it. */

import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { ROOT } from '../support/person.ts'

const FIXTURE = join(ROOT, 'test/data/cockpit/archive')

function archive(data: string, ...words: string[]) {
  const env = { PATH: process.env.PATH, HOME: data, YARDMASTER_DATA: join(data, 'yard') }
  return spawnSync(join(ROOT, 'bin/yardmaster'), ['archive', ...words], { cwd: data, env, encoding: 'utf8' })
}

test("another site's archive is taken in once, is listed, and can be read", { timeout: 60_000 }, () => {
  const data = testFolder()
  expect(archive(data, 'import', FIXTURE).stdout).toContain('1 run taken in, 0 known before, 0 not readable')
  expect(JSON.parse(archive(data, 'import', FIXTURE, '--json').stdout)).toMatchObject({ imported: 0, present: 1 })
  expect(archive(data, 'list').stdout).toMatch(/^CLUSTER +JOBS +OLDEST.*\nemmy +1 +2020-12-25 /)
  expect(archive(data, 'validate', '--curves')).toMatchObject({ status: 0, stdout: '1 run can be read, 0 cannot\n' })
})

test('what cannot be read is named, and a folder that is no archive is not taken for an empty one', {
  timeout: 60_000,
}, () => {
  const data = testFolder()
  cpSync(FIXTURE, join(data, 'other'), { recursive: true })
  writeFileSync(join(data, 'other/emmy/1403/244/1608923076/meta.json'), '{')
  const broken = archive(data, 'validate', 'other')
  expect(broken).toMatchObject({ status: 1, stdout: expect.stringContaining('meta.json') })
  expect(archive(data, 'import', 'nowhere')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('is no archive'),
  })
  expect(archive(data, 'import', 's3://x').stderr).toContain('write "s3://BUCKET/PREFIX"')
})
