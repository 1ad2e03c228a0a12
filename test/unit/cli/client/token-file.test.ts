import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTokenFile } from '../../../../src/cli/client/token-file.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'tokens-')), 'yardmaster')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

const URL = 'http://myhost:6330'

test('a kept token is found again, by server and user', async () => {
  await createTokenFile(folder).put(URL, 'alice', { token: 'a', expiresAt: 1 })
  await createTokenFile(folder).put(URL, 'bob', { token: 'b', expiresAt: 2 })
  const tokens = createTokenFile(folder)
  expect(await tokens.get(URL, 'alice')).toEqual({ token: 'a', expiresAt: 1 })
  expect(await tokens.get('http://other:1', 'alice')).toBeUndefined()
  expect(await tokens.userAt(URL)).toBe('bob')
})

test('nobody else can read the file or its folder', async () => {
  await createTokenFile(folder).put(URL, 'alice', { token: 'a', expiresAt: 1 })
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'tokens.json')).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['tokens.json'])
})

test('a dropped token is gone, and only that', async () => {
  const tokens = createTokenFile(folder)
  await tokens.put(URL, 'alice', { token: 'a', expiresAt: 1 })
  await tokens.put(URL, 'bob', { token: 'b', expiresAt: 2 })
  expect(await tokens.drop(URL, 'alice')).toBe(true)
  expect(await tokens.drop(URL, 'alice')).toBe(false)
  expect(await tokens.get(URL, 'bob')).toBeDefined()
})

test('a damaged file holds no token and is repaired by the next one', async () => {
  const tokens = createTokenFile(folder)
  await tokens.put(URL, 'alice', { token: 'a', expiresAt: 1 })
  writeFileSync(join(folder, 'tokens.json'), '{"http')
  expect(await tokens.get(URL, 'alice')).toBeUndefined()
  await tokens.put(URL, 'alice', { token: 'c', expiresAt: 3 })
  expect(await tokens.get(URL, 'alice')).toEqual({ token: 'c', expiresAt: 3 })
})
