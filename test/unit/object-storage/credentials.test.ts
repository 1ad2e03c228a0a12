import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { credentialsFrom } from '../../../src/object-storage/s3/credentials.ts'
import { HandClock } from '../../support/clock.ts'
import { testFolder } from '../../support/folder.ts'

const TEXT = `
# of the team
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key=de/fault=+secret
region = eu-west-2

[profile archive]
  AWS_ACCESS_KEY_ID=AKIAARCHIVE
; a comment
aws_secret_access_key = archive-secret
aws_session_token = token==
[empty]
[half]
aws_access_key_id = AKIAHALF
`

function credentialsOf(text: string, profile?: string) {
  const file = join(testFolder(), 'credentials')
  writeFileSync(file, text)
  return { file, read: credentialsFrom({ file, profile }, new HandClock()) }
}

describe('a credentials file', () => {
  test('gives the keys of the default profile', async () => {
    const { read } = credentialsOf(TEXT)
    expect(await read()).toMatchObject({ accessKeyId: 'AKIADEFAULT', secretAccessKey: 'de/fault=+secret' })
  })

  test('gives the keys of a named profile, with its session', async () => {
    const { read } = credentialsOf(TEXT.replaceAll('\n', '\r\n'), 'archive')
    expect(await read()).toMatchObject({
      accessKeyId: 'AKIAARCHIVE',
      secretAccessKey: 'archive-secret',
      sessionToken: 'token==',
    })
  })

  test.each([
    ['missing', 'has no section [missing]'],
    ['empty', '[empty] of the credentials file'],
    ['half', 'has no aws_secret_access_key'],
  ])('without the keys of %s says what is missing, and no key', async (profile, words) => {
    const { read, file } = credentialsOf(TEXT, profile)
    const failure = await read().catch((error) => error)
    expect(failure).toMatchObject({ code: 'unavailable', message: expect.stringContaining(words) })
    expect(failure.message).toContain(file)
    expect(failure.message).not.toMatch(/AKIA|secret\b(?!_)/)
  })

  test('is read again, so that keys can be changed', async () => {
    const { read, file } = credentialsOf(TEXT)
    const { expiration } = await read()
    expect(expiration?.getTime()).toBe(new HandClock().now() + 300_000)
    writeFileSync(file, TEXT.replace('AKIADEFAULT', 'AKIANEW'))
    expect(await read()).toMatchObject({ accessKeyId: 'AKIANEW' })
  })
})

test('without a file the environment is asked, also for a session', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'y' }
  expect(await credentialsFrom({ env }, new HandClock())()).toEqual({
    accessKeyId: 'AKIAENV',
    secretAccessKey: 'x',
    sessionToken: 'y',
  })
})
