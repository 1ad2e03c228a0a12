/** A person at a real server: an account with a password, a home of their own, programs run as they would run them. */

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import type { Yard } from './yard.ts'

export const ROOT = resolve(import.meta.dirname, '../..')
export const PYTHON = '/usr/bin/python3'
const BIN = join(ROOT, 'bin')
const TYPIST = join(import.meta.dirname, 'type_password.py')

export interface Ran {
  status: number | null
  stdout: string
  stderr: string
}

/** Why Python programs cannot be run here; undefined when they can. */
export function whyNoPython(): string | undefined {
  const { status } = spawnSync(PYTHON, ['-c', 'import requests'])
  return status === 0 ? undefined : `${PYTHON} with requests is not installed`
}

export class Person {
  readonly name = userInfo().username
  readonly password = 'correct horse battery'
  readonly home: string
  readonly env: NodeJS.ProcessEnv

  constructor(yard: Pick<Yard, 'url' | 'dataDir'>, home: string) {
    this.home = home
    mkdirSync(home, { recursive: true })
    this.env = {
      PATH: [BIN, process.env.PATH].join(delimiter),
      HOME: home,
      USER: this.name,
      NC_URL: yard.url,
      LANG: 'C.UTF-8',
      PYTHONPATH: [join(ROOT, 'python'), join(ROOT, 'examples')].join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
      TYPED_PASSWORD: this.password,
    }
    const input = `${this.password}\n`
    const words = ['user', 'passwd', this.name, '--data', yard.dataDir, '--password-stdin']
    const { status, stderr } = spawnSync(join(BIN, 'yardmaster'), words, { input, encoding: 'utf8' })
    if (status !== 0) throw new Error(`the password cannot be set: ${stderr}`)
  }

  /** Without a terminal: standard input is empty, and there is nobody to ask. */
  run(program: string, words: readonly string[], more: { env?: NodeJS.ProcessEnv; input?: string } = {}): Promise<Ran> {
    const env = { ...this.env, ...more.env }
    // setsid: no controlling terminal, whatever started the tests.
    const child = spawn('setsid', ['-w', program, ...words], { cwd: this.home, env, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.end(more.input ?? '')
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    return new Promise((settle, reject) => {
      child.once('error', reject)
      child.once('close', (status) => settle({ status, stdout, stderr }))
    })
  }

  /** On a terminal of its own, typing the password when asked; what the terminal showed. */
  onTerminal(program: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    return this.run(PYTHON, [TYPIST, program, ...words], { env })
  }
}
