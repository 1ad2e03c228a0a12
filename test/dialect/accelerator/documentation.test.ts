/** The page of the documentation names what there is. */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CONTROL_KEYS } from '../../../src/dialect/accelerator/body/control.ts'
import { JOB_KEYS } from '../../../src/dialect/accelerator/body/job-keys.ts'
import { MODIFY_KEYS, UNCHANGEABLE } from '../../../src/dialect/accelerator/body/modify-keys.ts'
import { openDoor } from './door.ts'

const page = readFileSync(new URL('../../../docs/dialects/accelerator.md', import.meta.url), 'utf8')

test('every key of a body is on the page', () => {
  const keys = [JOB_KEYS, CONTROL_KEYS, MODIFY_KEYS, UNCHANGEABLE].flatMap((each) => Object.keys(each))
  expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([])
})

test('every path of the description is on the page', async () => {
  const { call } = await openDoor()
  const { paths, openapi } = (await call('GET', '/api/v3/openapi.json', { as: null })).json()
  expect(openapi).toBe('3.1.0')
  const named = page + page.replaceAll('[/{field}]', '/{field}')
  expect(Object.keys(paths).filter((path) => !named.includes(`/api/v3${path}`))).toEqual([])
})
