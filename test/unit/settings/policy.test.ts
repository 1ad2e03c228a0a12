import { describe, expect, test } from 'vitest'
import { readPolicy, readSetup } from '../../../src/settings/policy.ts'
import { readSecurity } from '../../../src/settings/security.ts'
import { readUnused } from '../../../src/settings/tcl-file.ts'

const policy = (text: string) => readPolicy({ name: 'policy.tcl', text })
const security = (text: string) => readSecurity({ name: 'security.tcl', text }, ['node01'])

describe('policy.tcl', () => {
  test('the lines of the REST tutorial switch TLS on and lower its version', () => {
    expect(policy('set config(ssl.enable) 1\nset config(http.minSSLVersion) "TLSv1.2"')).toEqual({
      meanings: [
        { name: 'tls.enable', value: '1', origin: 'policy.tcl:1' },
        { name: 'tls.min_version', value: 'TLSv1.2', origin: 'policy.tcl:2' },
      ],
      complaints: [],
    })
  })

  test.each([
    ['VovServerConfig webport 6271', 'accelerator.listen', ':6271'],
    ['vtk_server_config AUTOFORGETVALID 2h', 'jobs.autoforget_valid', '2h'],
    ['set config(autoForgetFailed) 3d', 'jobs.autoforget_failed', '3d'],
    ['set config(enablePam) 1', 'auth.providers', 'local linux'],
  ])('%s', (text, name, value) => expect(policy(text).meanings).toEqual([{ name, value, origin: 'policy.tcl:1' }]))

  test.each([
    ['set config(timeTolerance) 3', 'the parameter timeTolerance has no counterpart here and has no effect'],
    ['set config(webport) 0', 'webport 0 has no counterpart here; the setting is accelerator.listen'],
    ['if {1} { set config(ssl.enable) 1 }', '"if" is not understood here and has no effect'],
    [
      'set config(ssl.enable) $x',
      '"$x" would have to be evaluated, which does not happen here; write the value itself',
    ],
    ['set config(ssl.enable) {1', 'an opening brace is never closed; the command has no effect'],
    ['set config(ssl.enable) maybe', 'tls.enable is "maybe"; write true or false; until then the line has no effect'],
  ])('%s is reported with its line', (text, complaint) => {
    expect(policy(`\n${text}`)).toEqual({ meanings: [], complaints: [`policy.tcl:2: ${complaint}`] })
  })
})

test('setup.tcl gives the name for URLs and reports every other variable', () => {
  const text = 'setenv VOV_HOST_HTTP_NAME server.example.com\nsetenv EDITOR vi'
  expect(readSetup({ name: 'setup.tcl', text })).toEqual({
    meanings: [{ name: 'http_name', value: 'server.example.com', origin: 'setup.tcl:1' }],
    complaints: ['setup.tcl:2: the variable EDITOR is not used by this server and has no effect'],
  })
})

describe('security.tcl', () => {
  test('gives levels to users and to everybody', () => {
    const { meanings, complaints } = security(
      'vtk_security + USER +\nvtk_security root admin any\nvtk_security jo LEADER x NODE01',
    )
    expect(meanings.map(({ user, level }) => [user, level])).toEqual([
      ['+', 'user'],
      ['root', 'admin'],
      ['jo', 'leader'],
    ])
    expect(complaints).toEqual([])
  })

  test.each([
    'vtk_security -group g USER +',
    'vtk_security jo SERVER +',
    'vtk_security jo USER',
    'vtk_security jo USER 10.0.0.1-10.0.0.9',
  ])('%s is reported', (text) => {
    const { meanings, complaints } = security(text)
    expect(meanings).toEqual([])
    expect(complaints).toEqual([expect.stringMatching(/^security\.tcl:1: .* no effect/)])
  })
})

test('of a file that is not used every command is reported', () => {
  const text = '# licences\nvtk_resourcemap_set License:a 3\nvtk_resourcemap_set License:b 4'
  expect(readUnused({ name: 'resources.tcl', text }).complaints.map((line) => line.slice(0, 16))).toEqual([
    'resources.tcl:2:',
    'resources.tcl:3:',
  ])
})
