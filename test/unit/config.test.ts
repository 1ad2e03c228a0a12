import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ConfigSources, loadConfig } from '../../src/config.ts'
import { testFolder } from '../support/folder.ts'

function load(files: Record<string, string> = {}, sources: Partial<ConfigSources> = {}) {
  const dataDir = testFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dataDir, name), text, { mode: 0o600 })
  return loadConfig({ dataDir, env: {}, uid: 1000, ...sources })
}

const originOf = (loaded: ReturnType<typeof load>, name: string) =>
  loaded.settings.find((setting) => setting.name === name)!.origin

describe('where a value comes from', () => {
  test('without any wish every setting has its default', () => {
    const { config, settings, warnings } = load()
    expect(config.accelerator.listen).toEqual({ host: '127.0.0.1', port: 6330 })
    expect(config.jobs).toEqual({
      runAs: 'server',
      autoforgetMs: { done: 3_600_000, failed: 172_800_000, idle: 172_800_000 },
    })
    expect(new Set(settings.map(({ origin }) => origin))).toEqual(new Set(['default']))
    expect(warnings).toEqual([])
  })

  test('policy.tcl, yardmaster.toml, the environment and the command line win in this order', () => {
    const files = { 'policy.tcl': 'set config(ssl.enable) 1', 'yardmaster.toml': '[tls]\n\nenable = false' }
    expect(originOf(load({ 'policy.tcl': files['policy.tcl'] }), 'tls.enable')).toBe('policy.tcl:1')
    expect(originOf(load(files), 'tls.enable')).toBe('yardmaster.toml:3')
    const env = { YARDMASTER_TLS_ENABLE: 'yes' }
    expect(originOf(load(files, { env }), 'tls.enable')).toBe('YARDMASTER_TLS_ENABLE')
    const last = load(files, { env, sets: ['tls.enable=1', 'tls.enable=off'] })
    expect(originOf(last, 'tls.enable')).toBe('command line')
    expect(last.config.tls.enable).toBe(false)
  })

  test('a configuration is frozen through and through', () => {
    const { config } = load()
    expect(() => Object.assign(config.tls, { enable: true })).toThrow(TypeError)
  })
})

describe('what cannot be used', () => {
  test.each([
    ['[tls]\nenabel = true', 'yardmaster.toml:2: there is no setting "tls.enabel"; did you mean "tls.enable"?'],
    ['[tls]\nmin_version = "SSLv3"', 'yardmaster.toml:2: tls.min_version is "SSLv3"; write "TLSv1.2" or "TLSv1.3"'],
    ['[auth]\ntoken_hours = 0', 'yardmaster.toml:2: auth.token_hours is 0; write a number from 1 to 720'],
    [
      '[auth]\nproviders = ["kerberos"]',
      'yardmaster.toml:2: auth.providers is ["kerberos"]; write a list of "local", "linux" and "ldap"',
    ],
    ['name = [', /^yardmaster\.toml:1: this is not TOML: /],
    ['[__proto__]\nenable = true', /there is no setting "__proto__\.enable"/],
    ['[accelerator]\nlisten = "0.0.0.0:70000"', /a port is at most 65535/],
    ['[tls]\ncertificate = "a.crt"', /tls\.certificate and tls\.key belong together/],
  ])('%j is refused', (toml, sentence) => {
    expect(() => load({ 'yardmaster.toml': toml })).toThrow(sentence)
  })

  test('a variable that names no setting is reported, others of the server are not', () => {
    const { warnings } = load({}, { env: { YARDMASTER_TLS_ENABEL: '1', YARDMASTER_DATA: '/x' } })
    expect(warnings).toEqual([
      'the variable YARDMASTER_TLS_ENABEL names no setting and has no effect; did you mean YARDMASTER_TLS_ENABLE?',
    ])
  })

  test('--set without a value and --config without a file are refused', () => {
    expect(() => load({}, { sets: ['tls.enable'] })).toThrow('--set tls.enable: write KEY=VALUE')
    expect(() => load({}, { configFile: '/nowhere/x.toml' })).toThrow('--config /nowhere/x.toml: there is no such file')
  })
})

describe('safety', () => {
  test('jobs run as their submitters exactly where the server is root', () => {
    expect(load({}, { uid: 0 }).config.jobs.runAs).toBe('submitter')
    expect(() => load({}, { uid: 0, sets: ['jobs.run_as=server'] })).toThrow('as root')
    expect(() => load({}, { uid: 1000, sets: ['jobs.run_as=submitter'] })).toThrow('takes a server that runs as root')
  })

  test('a door that is open to the network without TLS is pointed out', () => {
    const sets = ['accelerator.listen=:6330']
    expect(load({}, { sets }).warnings).toEqual([expect.stringMatching(/^accelerator\.listen is open to the network/)])
    expect(load({}, { sets: [...sets, 'tls.enable=1'] }).warnings).toEqual([])
    expect(load({}, { sets: ['hub.listen=:8000'] }).warnings).toEqual([
      expect.stringMatching(/^hub\.listen is open to the network/),
    ])
  })

  test('a security.tcl that others can write gives no levels', () => {
    const dataDir = testFolder()
    const open = { dataDir, env: {}, uid: 1000 }
    writeFileSync(join(dataDir, 'security.tcl'), 'vtk_security jo ADMIN +', { mode: 0o600 })
    expect(loadConfig(open).config.auth.levelRules).toHaveLength(1)
    chmodSync(join(dataDir, 'security.tcl'), 0o666)
    expect(loadConfig(open).config.auth.levelRules).toEqual([])
    expect(loadConfig(open).warnings).toEqual([expect.stringContaining('chmod 600 security.tcl')])
  })
})

test('addresses are read with IPv6, all interfaces and off', () => {
  const listen = (value: string) => load({}, { sets: [`accelerator.listen=${value}`] }).config.accelerator.listen
  expect(listen('[::1]:80')).toEqual({ host: '::1', port: 80 })
  expect(listen(':0')).toEqual({ host: '', port: 0 })
  expect(listen('off')).toBeNull()
})

test('the guide has every setting with its default, and no other', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/settings.md'), 'utf8').split(
    '## The files',
  )[0]!
  const rows = [...guide.matchAll(/^\| `([a-z0-9_.]+)` \| `(.+?)` \|/gm)].map(([, name, value]) => [
    name,
    JSON.parse(value!),
  ])
  expect(rows).toEqual(load().settings.map(({ name, value }) => [name, value]))
})

describe('the tables of sites', () => {
  const site = (...lines: string[]) => ['[[sites]]', 'name = "a"', ...lines].join('\n')
  const target = (...lines: string[]) => site('roots = ["/x"]', '[[sites.targets]]', 'name = "b"', ...lines)

  test.each([
    [site(), 'sites[0].roots is missing; write the folders of the site, ["/mmfs1"]'],
    [site('root = ["/x"]'), 'sites[0].root is not known; did you mean roots?'],
    [site('roots = ["/x"]', 'threads = 0'), 'sites[0].threads is 0; write how many tasks run at a time, 1 to 256'],
    [target('type = "disc"'), 'sites[0].targets[0].type is "disc"; write "disk" or "s3"'],
    [target('type = "s3"'), 'sites: a: target b: a target of type "s3" needs bucket'],
    ['sites = 3', 'sites is 3; write tables [[sites]] with name, roots and targets'],
  ])('%j is refused with the place and what to write there', (text, sentence) => {
    expect(() => load({ 'yardmaster.toml': text })).toThrow(sentence)
  })

  test('queues have the threads of their site where they have none, and the site has ten', () => {
    const queues = (text: string) => load({ 'yardmaster.toml': text }).config.sites[0]?.queues
    const fast = ['roots = ["/x"]', '[[sites.queues]]', 'name = "fast"']
    expect(queues(site(...fast))).toEqual([
      { name: 'default', threads: 10 },
      { name: 'fast', threads: 10 },
    ])
    expect(queues(site('threads = 4', ...fast))).toEqual([
      { name: 'default', threads: 4 },
      { name: 'fast', threads: 4 },
    ])
    expect(queues(site(...fast, 'threads = 20', '[[sites.queues]]', 'name = "default"', 'threads = 2'))).toEqual([
      { name: 'fast', threads: 20 },
      { name: 'default', threads: 2 },
    ])
  })
})
