/** The tutorial's five programs, unmodified, against a real server: they print what its terminal sessions show. */

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Person, PYTHON, ROOT, whyNoPython } from '../support/person.ts'
import { readSeeds } from '../support/seed-programs.ts'
import { startYard, type Yard } from '../support/yard.ts'

const seeds = readSeeds()
const obstacle = seeds ? whyNoPython() : 'the tutorial (../shared/seeds) is not at hand'
if (obstacle) console.log(`skipped: ${obstacle}`)

let yard: Yard
let person: Person

beforeAll(async () => {
  if (obstacle) return
  yard = await startYard({ sets: ['name=My_NC_QUEUEE', 'host.slots=2'] })
  person = new Person(yard, mkdtempSync(join(tmpdir(), 'seeds-')))
  await person.run('nc', ['login', '--password-stdin'], { input: `${person.password}\n` })
  for (const [name, text] of Object.entries(seeds!.programs)) writeFileSync(join(person.home, name), text)
})

afterAll(async () => {
  if (obstacle) return
  await person.run('nc', ['stop', '-mine'])
  await yard.remove()
  rmSync(person.home, { recursive: true })
})

/** The lines that a session shows after its nth prompt with this beginning, up to the next prompt. */
function printed(prompt: string, nth = 0): string {
  const session = seeds!.sessions.find((lines) => lines.some((line) => line.startsWith(prompt)))!
  const starts = session.flatMap((line, at) => (line.startsWith(prompt) ? [at] : []))
  const rest = session.slice(starts[nth]! + 1)
  const end = rest.findIndex((line) => line.startsWith('% '))
  return alike((end < 0 ? rest : rest.slice(0, end)).join('\n'))
}

/** Ids, names, times and the number of blanks are not compared. */
function alike(text: string): string {
  return text
    .replace(/\buser99\b/g, person.name)
    .replace(/\b0\d{8}\b|(?<=New job is )\d+/g, 'ID')
    .replace(/(JOBLLOG\.)\d+/g, '$1N')
    .replace(/\d{8}\/\d{6}\.\d{6}/g, 'DAY/TIME.N')
    .replace(/(Running\s+normal|Host)\s+\S+/g, '$1 HOST')
    .replace(/(Duration +)\S+/g, '$1TIME')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/gm, '')
    .replace(/\n{2,}/g, '\n')
    .trim()
}

/** Waits until so many jobs run: a program that looks sooner would rightly show them as queued. */
async function untilRunning(count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { stdout } = await person.run('nc', ['list', '-where', 'statusnc==Running', '-O', '@ID@'])
      expect(stdout.trim().split('\n')).toHaveLength(count)
    },
    { timeout: 60_000, interval: 100 },
  )
}

describe.skipIf(obstacle)('the programs of the tutorial', { timeout: 120_000 }, () => {
  test('all five are found in its text', () => {
    const names = ['getToken.py', 'nc_info.py', 'nc_list.py', 'nc_rest_101.py', 'nc_run.py']
    expect(Object.keys(seeds!.programs).sort()).toEqual(names)
  })

  test('nc cmd vovbrowser prints the address of the queue', async () => {
    const { stdout } = await person.run('nc', ['cmd', 'vovbrowser'], {
      env: { YARDMASTER_DATA: yard.dataDir, NC_URL: '' },
    })
    expect(stdout).toBe(`${yard.url}\n`)
    const page = await person.run('nc', ['cmd', 'vovbrowser', '-url', '/html/vovrest.html'])
    expect(page.stdout).toBe(`${yard.url}/html/vovrest.html\n`)
  })

  test('nc_rest_101.py prints the name of the queue, to the letter', async () => {
    const { stdout, status } = await person.onTerminal(PYTHON, ['nc_rest_101.py'])
    const session = seeds!.sessions.find((lines) => lines.includes('% python3 nc_rest_101.py'))!
    const expected = session.slice(session.indexOf('Password:')).join('\n').trim()
    expect(stdout.trim()).toBe(expected)
    expect(status).toBe(0)
  })

  test('nc_run.py submits, and nc_list.py lists what was submitted', async () => {
    for (const [nth, seconds] of ['33', '66'].entries()) {
      const run = await person.onTerminal(PYTHON, ['nc_run.py', 'sleep', seconds])
      expect(alike(run.stdout)).toBe(printed('% ./nc_run.py', nth))
    }
    await untilRunning(2)
    const list = await person.onTerminal(PYTHON, ['nc_list.py'])
    expect(alike(list.stdout)).toBe(`${printed('% ./nc_list.py')}\n${alike(seeds!.jobTable)}`)
  })

  test('nc run and nc_info.py show what the session shows', async () => {
    await person.run('nc', ['forget', '-mine', '-F'])
    const ids: string[] = []
    for (const [nth, seconds] of ['123', '456'].entries()) {
      const run = await person.run('nc', ['run', '-v', '2', 'sleep', seconds])
      expect(alike(run.stdout)).toBe(printed('% nc run', nth))
      ids.push(/<(\d+)>/.exec(run.stdout)![1]!)
    }
    await untilRunning(2)
    cpSync(join(ROOT, 'examples/getToken.py'), join(person.home, 'getToken.py'))
    const info = await person.onTerminal(PYTHON, ['nc_info.py', ...ids])
    expect(alike(info.stdout)).toBe(printed('% ./nc_info.py'))
    const ours = await person.run('nc', ['info', ...ids])
    expect(`Password:\n${alike(ours.stdout)}`).toBe(printed('% ./nc_info.py'))
  })

  test('getToken.py as printed gets a token that the server takes', async () => {
    writeFileSync(join(person.home, 'getToken.py'), seeds!.programs['getToken.py']!)
    const program = [
      'import os, requests, getToken',
      'url = os.environ["NC_URL"]',
      'jwt = getToken.getJWT(url, os.environ["USER"], getToken.getMyPassword())',
      'r = requests.get(url + "/api/v3/project/1/version", headers={"Authorization": jwt})',
      'print(jwt[:7], r.status_code)',
    ].join('\n')
    const { stdout } = await person.onTerminal(PYTHON, ['-c', program])
    expect(stdout.trim()).toBe('Password:\nBearer: 200')
    const refused = await person.onTerminal(PYTHON, ['-c', program], { TYPED_PASSWORD: 'wrong' })
    expect(refused.stdout).toContain('JWT Error code 401')
    expect(refused.status).toBe(1)
  })
})
