/** The Python module against real servers, with and without TLS. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Person, PYTHON, type Ran, ROOT, whyNoPython } from '../support/person.ts'
import { startYard, type Yard } from '../support/yard.ts'

const obstacle = whyNoPython()
if (obstacle) console.log(`skipped: ${obstacle}`)

let yard: Yard
let secureYard: Yard
let person: Person

beforeAll(async () => {
  if (obstacle) return
  yard = await startYard()
  secureYard = await startYard({ sets: ['tls.enable=true'] })
  person = new Person(yard, mkdtempSync(join(tmpdir(), 'python-')))
})

afterAll(async () => {
  if (obstacle) return
  await yard.remove()
  await secureYard.remove()
  rmSync(person.home, { recursive: true })
})

const BEGIN = `
import json, os, sys, warnings
import requests
import vov_rest_v3
warnings.simplefilter("error")
warnings.simplefilter("ignore", ResourceWarning)
url = os.environ["NC_URL"]
user = os.environ["USER"]
password = os.environ["TYPED_PASSWORD"]
vrest = vov_rest_v3.VOVRestV3()
def project():
    print(json.loads(vrest.submitRequest("GET", url + "/api/v3/project/1/project"))["rows"][0][0])
`

function python(program: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return person.run(PYTHON, ['-c', BEGIN + program], { env })
}

async function printedBy(program: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout, stderr } = await python(program, env)
  expect(stderr).toBe('')
  return stdout
}

describe.skipIf(obstacle)('vov_rest_v3.VOVRestV3', { timeout: 60_000 }, () => {
  test.each([
    'vrest.authorize(url, password)',
    'vrest.authorize(url, user, password)',
    'vrest.authorize(url, password, username=user)',
    'vrest.authorize(url, user, password=password)',
    'vrest.authorize(url, password=password)',
    'vrest.authorize(url, username=user, password=password)',
    'vrest.authorize(url, "", password)',
    'vrest.authorize(url + "/project?x=1", password)',
  ])('%s signs in', async (call) => {
    expect(await printedBy(`print(${call})\nproject()`)).toBe('None\nvnc\n')
  })

  test('a wrong password raises the sentence of the server, with its status', async () => {
    const program = `
try:
    vrest.authorize(url, "wrong")
except vov_rest_v3.VOVRestError as error:
    print(error.status, error)
    print(isinstance(error, requests.exceptions.RequestException), repr(vrest.getJWT()))`
    expect(await printedBy(program)).toMatch(/^401 .*password.*\nTrue ''\n$/)
  })

  test('arguments that name no password are refused before anything is sent', async () => {
    const { stderr } = await python('vrest.authorize(url)')
    expect(stderr).toContain('TypeError: authorize(url, [username,] password): the password is missing')
  })

  test('all five verbs work on a job', async () => {
    const program = `
vrest.authorize(url, password)
job = {"command": "sleep 60", "logfile": "LOG.1", "rundir": os.getcwd(), "env": "BASE", "priority,sched": "low"}
jobid = json.loads(vrest.submitRequest("POST", url + "/api/v3/jobs", jsonData=job))["jobid"]
one = "{0}/api/v3/jobs/{1}".format(url, jobid)
vrest.submitRequest("PATCH", one, jsonData={"jobname": "renamed"})
query = {"select": "jobname,priorityPP", "from": "jobs", "where": "idint=={0}".format(jobid)}
print(json.loads(vrest.submitRequest("GET", url + "/api/v3/query", queryParams=query))["rows"])
vrest.submitRequest("PUT", one, jsonData={"action": "STOP"})
import time
while json.loads(vrest.submitRequest("GET", one + "/statusnc"))["rows"][0][0] not in ("Failed", "Idle"):
    time.sleep(0.05)
vrest.submitRequest("DELETE", one)
try:
    vrest.submitRequest("GET", one)
except vov_rest_v3.VOVRestError as error:
    print(error.status)`
    expect(await printedBy(program)).toBe("[['renamed', 'low']]\n404\n")
  })

  test('a token can be carried to another object, with or without its Bearer', async () => {
    const program = `
vrest.authorize(url, password)
token = vrest.getJWT()
print(token[:7])
for form in (token, token[7:], "Bearer " + token[7:]):
    vrest = vov_rest_v3.VOVRestV3()
    vrest.setJWT(form)
    project()
print(vrest.getJWT() == token)`
    expect(await printedBy(program)).toBe('Bearer:\nvnc\nvnc\nvnc\nTrue\n')
  })

  test('a bad request raises the sentence that names the key', async () => {
    const program = `
vrest.authorize(url, password)
try:
    vrest.submitRequest("POST", url + "/api/v3/jobs", jsonData={"command": "x"})
except vov_rest_v3.VOVRestError as error:
    print(error.status, error)`
    expect(await printedBy(program)).toMatch(/^400 .*logfile/)
  })

  test('a key file made by yardmaster token signs in, if nobody else can read it', async () => {
    const file = join(person.home, 'key')
    const { stdout } = await person.run('yardmaster', ['token', person.name, '--data', yard.dataDir])
    writeFileSync(file, stdout)
    chmodSync(file, 0o600)
    expect(await printedBy('vrest.authorizeWithKey(url, "key", user)\nproject()')).toBe('vnc\n')
    expect((await python('vrest.authorizeWithKey(url, "key", "bob")')).stderr).toContain("not bob's")
    chmodSync(file, 0o644)
    expect((await python('vrest.authorizeWithKey(url, "key")')).stderr).toContain('chmod 600')
    expect((await python('vrest.authorizeWithKey(url, "nokey")')).stderr).toContain('there is no key file')
  })

  test('a ~/.netrc does not take the place of the token', async () => {
    const NETRC = join(person.home, 'netrc')
    writeFileSync(NETRC, 'machine 127.0.0.1 login x password y\n', { mode: 0o600 })
    expect(await printedBy('vrest.authorize(url, password)\nproject()', { NETRC })).toBe('vnc\n')
  })

  test('a self-signed certificate is accepted without a warning, also when a bundle is set for other hosts', async () => {
    const { stdout } = await person.run('yardmaster', ['token', person.name, '--data', secureYard.dataDir])
    const program = `vrest.setJWT("${stdout.trim()}")\nproject()`
    expect(secureYard.url).toMatch(/^https:/)
    expect(await printedBy(program, { NC_URL: secureYard.url })).toBe('vnc\n')
    const bundle = { NC_URL: secureYard.url, REQUESTS_CA_BUNDLE: '/etc/ssl/certs/ca-certificates.crt' }
    expect(await printedBy(program, bundle)).toBe('vnc\n')
  })

  test('a self-signed certificate is refused by who asks for checks', async () => {
    const program = 'vrest = vov_rest_v3.VOVRestV3(verify=True)\nvrest.authorize(url, password)'
    const { stderr } = await python(program, { NC_URL: secureYard.url })
    expect(stderr).toContain('CERTIFICATE_VERIFY_FAILED')
  })
})

describe.skipIf(obstacle)('the examples', { timeout: 60_000 }, () => {
  const example = (name: string) => join(ROOT, 'examples', name)

  test('submit_and_wait.py shows the log and how the job ended', async () => {
    const good = await person.onTerminal(PYTHON, [example('submit_and_wait.py'), 'echo', 'hello'])
    expect(good.stdout).toMatch(/^Password:\nJob \d+ is submitted\nJob \d+ is Done\nhello\n$/)
    const bad = await person.onTerminal(PYTHON, [example('submit_and_wait.py'), 'exit', '3'])
    expect(bad.stdout).toMatch(/is Failed/)
    expect(bad.status).toBe(1)
  })

  test('list_jobs.py lists by a rule, and job_info.py shows one', async () => {
    const list = await person.onTerminal(PYTHON, [example('list_jobs.py'), 'statusnc==Done'])
    const [, , row] = list.stdout.split('\n')
    expect(row).toMatch(/^0\d{8} {2}Done .*vw echo hello/)
    const info = await person.onTerminal(PYTHON, [example('job_info.py'), row!.slice(0, 9)])
    expect(info.stdout).toContain('Status          Done')
  })

  test('submit.sh needs nothing but curl', async () => {
    const { stdout } = await person.onTerminal(example('submit.sh'), ['echo "a b"'])
    expect(stdout).toMatch(/New job is \d+\n.*COMMAND/)
    expect(stdout).toContain('vw echo')
  })
})
