/** A real LDAP server with a few people in it, on a free port and in a folder of its own, gone when the test file ends. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { makeFolder } from './folder.ts'
import { freePort } from './free-port.ts'

const SLAPD = '/usr/sbin/slapd'
const SUFFIX = 'dc=example,dc=org'
export const PEOPLE = `ou=people,${SUFFIX}`
export const SEARCHER = { dn: `cn=searcher,${SUFFIX}`, password: 'searching' }
export const MANAGER = { dn: `cn=manager,${SUFFIX}`, password: 'managing' }

/** Why there can be no directory here; undefined when there can. */
export function whyNoSlapd(): string | undefined {
  return existsSync(SLAPD) ? undefined : `${SLAPD} is not installed (apt-get install slapd)`
}

/** Passwords are `NAME's password`. `service` is no posixAccount; `twin` is there twice; `7up` cannot be an account. */
const ENTRIES = `
dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ${PEOPLE}
objectClass: organizationalUnit
ou: people

dn: ou=guests,${PEOPLE}
objectClass: organizationalUnit
ou: guests

dn: ${SEARCHER.dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: searcher
userPassword: ${SEARCHER.password}
${person('ada', { gecos: 'Ada Lovelace,Room 1,12', mail: 'ada@example.org' })}
${person('grace', { gecos: 'Grace Hopper' })}
${person('twin')}
${person('twin', { below: `ou=guests,${PEOPLE}` })}
${person('7up')}
dn: uid=service,${PEOPLE}
objectClass: account
objectClass: simpleSecurityObject
uid: service
userPassword: service's password
`

export function person(uid: string, { below = PEOPLE, gecos = '', mail = '' } = {}): string {
  return `
dn: uid=${uid},${below}
objectClass: inetOrgPerson
objectClass: posixAccount
uid: ${uid}
cn: ${uid}
sn: ${uid}
uidNumber: 1000
gidNumber: 1000
homeDirectory: /home/${uid}
userPassword: ${uid}'s password
${gecos && `gecos: ${gecos}\n`}${mail && `mail: ${mail}\n`}`
}

export interface Slapd {
  url: string
  /** Ends it, and starts it again at the same address. */
  stop(): Promise<void>
  start(): Promise<void>
  /** For the end: also its folder goes. */
  remove(): Promise<void>
}

/** Names of files in PEM; with them it speaks TLS alone. */
export interface SlapdTls {
  certificate: string
  key: string
}

export async function startSlapd(tls?: SlapdTls): Promise<Slapd> {
  const folder = makeFolder()
  const config = join(folder, 'slapd.conf')
  mkdirSync(join(folder, 'data'))
  writeFileSync(config, configOf(folder, tls))
  const added = spawnSync('/usr/sbin/slapadd', ['-f', config], { input: ENTRIES, encoding: 'utf8' })
  if (added.status !== 0) throw new Error(`the people cannot be added: ${added.stderr}`)
  const url = `${tls ? 'ldaps' : 'ldap'}://127.0.0.1:${await freePort()}`
  let child: ChildProcess | undefined
  const start = async () => {
    child = await run(url, config)
  }
  const stop = async () => {
    if (!child || child.exitCode !== null) return
    child.kill()
    await once(child, 'close')
  }
  await start()
  const remove = async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url, start, stop, remove }
}

function configOf(folder: string, tls: SlapdTls | undefined): string {
  const schemas = ['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include /etc/ldap/schema/${name}.schema`)
  const security = tls ? `TLSCertificateFile ${tls.certificate}\nTLSCertificateKeyFile ${tls.key}` : ''
  return `
${schemas.join('\n')}
modulepath /usr/lib/ldap
moduleload back_mdb
${security}
sizelimit size.soft=2 size.hard=2 size.pr=unlimited size.prtotal=unlimited
database mdb
suffix "${SUFFIX}"
rootdn "${MANAGER.dn}"
rootpw ${MANAGER.password}
directory ${join(folder, 'data')}
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
`
}

/** Settles when it listens. */
async function run(url: string, config: string): Promise<ChildProcess> {
  const child = spawn(SLAPD, ['-h', url, '-f', config, '-d', '256'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  for await (const line of createInterface(child.stderr)) {
    said.push(line)
    if (line.includes('slapd starting')) {
      child.stderr.resume()
      await untilListening(Number(new URL(url).port))
      return child
    }
  }
  throw new Error(`slapd does not start: ${said.join('\n')}`)
}

/** It says that it starts a moment before it listens. */
async function untilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
  }
}
