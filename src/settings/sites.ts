/** The sites of file workflows: `[[sites]]` in yardmaster.toml. */

import { isAbsolute, normalize } from 'node:path'
import Type, { type Static } from 'typebox'
import { DomainError } from '../base/errors.ts'

const NAME = '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'
const closed = { additionalProperties: false }
const name = () => Type.String({ pattern: NAME, description: 'a name of at most 64 letters, digits, _ and -' })
const path = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description }))
const text = (pattern: string, description: string) => Type.Optional(Type.String({ pattern, description }))
const threads = () =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 256, description: 'how many tasks run at a time, 1 to 256' }))

const TARGET = Type.Object(
  {
    name: name(),
    type: Type.Enum(['disk', 's3'], { description: '"disk" or "s3"' }),
    path: path('the folder of a disk, "/srv/bucket"'),
    bucket: text('^[a-z0-9][a-z0-9.-]{1,62}$', 'the name of a bucket'),
    prefix: text('^[\\s\\S]{0,512}$', 'what keys begin with, at most 512 characters'),
    endpoint: text('^https?://\\S{1,1000}$', 'the URL of an S3 server'),
    region: text('^[a-z0-9-]{1,64}$', 'a region such as "eu-west-2"'),
    credentials: path('the INI file with the keys to the bucket'),
    path_style: Type.Optional(Type.Boolean({ description: 'true or false' })),
    below: Type.Optional(Type.String({ maxLength: 4096, description: 'the folder whose files go there, "/mmfs1"' })),
  },
  { ...closed, description: 'a table [[sites.targets]] with name and type' },
)

const QUEUE = Type.Object(
  { name: name(), threads: threads() },
  { ...closed, description: 'a table [[sites.queues]] with a name' },
)

const list = { description: 'a list of tables' }

export const SITES = Type.Array(
  Type.Object(
    {
      name: name(),
      roots: Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
        minItems: 1,
        description: 'the folders of the site, ["/mmfs1"]',
      }),
      executor: Type.Optional(Type.Enum(['local'], { description: '"local"' })),
      targets: Type.Optional(Type.Array(TARGET, list)),
      threads: threads(),
      queues: Type.Optional(Type.Array(QUEUE, list)),
      bandwidth: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'megabits a second, 0 for no limit' }),
      ),
      hash: Type.Optional(Type.Enum(['xxh3', 'blake3', 'sha256'], { description: '"xxh3", "blake3" or "sha256"' })),
    },
    { ...closed, description: 'a table [[sites]] with name and roots' },
  ),
)

/** Tasks of a queue at a time where nothing is said (spec/hub.md 6). */
const THREADS = 10
const BYTES_PER_MEGABIT = 125_000

export interface SiteConfig {
  /** Position in the settings, from 1. */
  id: number
  name: string
  roots: readonly string[]
  targets: readonly TargetConfig[]
  queues: readonly { name: string; threads: number }[]
  bandwidthBytes: number
  hash: 'xxh3' | 'blake3' | 'sha256'
}

export interface TargetConfig {
  name: string
  storage: { kind: 'disk'; path: string } | { kind: 's3'; bucket: string; prefix: string }
  s3: { endpoint: string | null; region: string; credentialsFile: string | null; pathStyle: boolean }
  below: string
}

/** @throws invalid for a name that is there twice, a root that is no absolute path, a target that lacks what its type needs */
export function shapeSites(sites: Static<typeof SITES>): SiteConfig[] {
  onlyOnce(
    sites.map((site) => site.name),
    'sites',
  )
  return sites.map((site, index) => {
    const where = `sites: ${site.name}`
    const queues = site.queues ?? []
    const targets = site.targets ?? []
    onlyOnce(
      queues.map((queue) => queue.name),
      `${where}: queues`,
    )
    onlyOnce(
      targets.map((target) => target.name),
      `${where}: targets`,
    )
    const threads = site.threads ?? THREADS
    const named = queues.map((queue) => ({ name: queue.name, threads: queue.threads ?? threads }))
    const hasDefault = named.some((queue) => queue.name === 'default')
    return {
      id: index + 1,
      name: site.name,
      roots: site.roots.map((root) => absolute(root, `${where}: roots`)),
      targets: targets.map((target) => shapeTarget(target, where)),
      queues: hasDefault ? named : [{ name: 'default', threads }, ...named],
      bandwidthBytes: (site.bandwidth ?? 0) * BYTES_PER_MEGABIT,
      hash: site.hash ?? 'xxh3',
    }
  })
}

function shapeTarget(target: Static<typeof TARGET>, site: string): TargetConfig {
  const where = `${site}: target ${target.name}`
  const { endpoint = null, region = 'us-east-1', credentials, below = '' } = target
  const credentialsFile = credentials === undefined ? null : absolute(credentials, `${where}: credentials`)
  return {
    name: target.name,
    storage: storageOf(target, where),
    s3: { endpoint, region, credentialsFile, pathStyle: target.path_style ?? endpoint !== null },
    below: below === '' ? '' : absolute(below, `${where}: below`),
  }
}

function storageOf({ type, path, bucket, prefix = '' }: Static<typeof TARGET>, where: string): TargetConfig['storage'] {
  if (type === 'disk' && path !== undefined) return { kind: 'disk', path: absolute(path, `${where}: path`) }
  if (type === 's3' && bucket !== undefined) return { kind: 's3', bucket, prefix: prefix.replace(/^\/+|\/+$/g, '') }
  throw new DomainError('invalid', `${where}: a target of type "${type}" needs ${type === 'disk' ? 'path' : 'bucket'}`)
}

function absolute(path: string, where: string): string {
  if (isAbsolute(path) && !path.includes('\0')) return normalize(path).replace(/(?<=.)\/$/, '')
  throw new DomainError('invalid', `${where}: ${JSON.stringify(path)} is no absolute path`)
}

function onlyOnce(names: readonly string[], where: string): void {
  const twice = names.find((one, index) => names.indexOf(one) !== index)
  if (twice !== undefined) throw new DomainError('invalid', `${where}: the name ${twice} is there twice`)
}
