import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { changeConfig, findConfig, readConfig, writeConfig } from '../../../../src/cli/ngclient/hub/config-file.ts'
import { addressOf, readAddress } from '../../../../src/cli/ngclient/hub/connect.ts'
import { testFolder } from '../../../support/folder.ts'

describe('the config file', () => {
  test('is lines of keys and values, with sections, comments, quotes and foreign keys', () => {
    const text =
      '[settings]\r\n# client_key = old\n; x\nbase_url=http://hub:8000\n\tClient_Key :  "a.b=c"  \nthreads = 4\n'
    expect(readConfig(text)).toEqual({ base_url: 'http://hub:8000', client_key: 'a.b=c' })
    expect(readConfig('client_key =\nnonsense\n')).toEqual({})
  })

  test('keeps what it does not know when a key changes', () => {
    const before = '# mine\n[settings]\nclient_key = old\nthreads = 4\n'
    expect(changeConfig(before, { base_url: 'http://hub', client_key: 'new' })).toBe(
      '# mine\n[settings]\nclient_key = new\nthreads = 4\nbase_url = http://hub\n',
    )
    expect(changeConfig('', { client_key: 'k' })).toBe('client_key = k\n')
    expect(changeConfig('a = 1', { client_key: 'k' })).toBe('a = 1\nclient_key = k\n')
  })

  test('is for its owner alone once a key was written, whatever it was before', async () => {
    const folder = testFolder()
    const file = join(folder, 'deep/ngenea-client.conf')
    mkdirSync(join(folder, 'deep'))
    writeFileSync(file, 'threads = 4\n', { mode: 0o644 })
    await writeConfig(file, { client_key: 'k' })
    expect(readFileSync(file, 'utf8')).toBe('threads = 4\nclient_key = k\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'deep'))).toEqual(['ngenea-client.conf'])
  })

  test('is the one that is named, else the own one', async () => {
    const home = testFolder()
    await writeConfig(join(home, '.config/ngenea/ngenea-client.conf'), { client_key: 'own' })
    await writeConfig(join(home, 'other.conf'), { client_key: 'other' })
    expect((await findConfig(undefined, { HOME: home })).values.client_key).toBe('own')
    expect((await findConfig(join(home, 'other.conf'), { HOME: home })).values.client_key).toBe('other')
    await expect(findConfig(join(home, 'none.conf'), { HOME: home })).rejects.toThrow(/none\.conf cannot be read/)
    expect((await findConfig(join(home, 'none.conf'), { HOME: home }, true)).values).toEqual({})
  })
})

describe('the address of the hub', () => {
  const env = { YARDMASTER_DATA: '/nowhere' }

  test('is said by the option, else the environment, else the file, else it is the usual one', async () => {
    const inEnv = { ...env, NGCLIENT_BASE_URL: 'http://env' }
    expect(await addressOf({ baseUrl: 'http://option' }, inEnv, 'http://file')).toBe('http://option')
    expect(await addressOf({}, inEnv, 'http://file')).toBe('http://env')
    expect(await addressOf({}, env, 'http://file')).toBe('http://file')
    expect(await addressOf({}, env, undefined)).toBe('http://127.0.0.1:8000')
  })

  test.each([
    ['http://hub:8000', 'http://hub:8000'],
    ['http://hub:8000/', 'http://hub:8000'],
    ['https://hub/api/', 'https://hub'],
    ['https://yard:6330/hub/api', 'https://yard:6330/hub'],
  ])('%s is the hub at %s', (text, url) => {
    expect(readAddress(text)).toBe(url)
  })

  test.each(['hub:8000', 'ftp://hub', 'http://me:secret@hub', 'http://hub/?x=1', ''])('"%s" is none', (text) => {
    expect(() => readAddress(text)).toThrow('is not the address of a hub')
  })
})
