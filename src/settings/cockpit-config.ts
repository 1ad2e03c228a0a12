/** What can be set about the record of jobs: its door, its measured values, its archive. */

import { resolve } from 'node:path'
import { DomainError } from '../base/errors.ts'
import { parseTimespec } from '../base/timespec.ts'
import { type Listen, readListen } from './listen.ts'
import type { SettingName, SettingValues } from './setting.ts'

export interface CockpitConfig {
  listen: Listen | null
  /** Addresses or CIDR ranges that may use `/api`; `*` is everybody. */
  allow: readonly string[]
  /** Whose X-Forwarded-For and X-Real-Ip are believed. */
  trustedProxies: readonly string[]
  /** 0 for tokens without an end. */
  jwtMaxAgeMs: number
  /** Whether the account decides what a token's bearer may do, also when another program signed the token. */
  validateUser: boolean
  sessionMaxAgeMs: number
  /** Absolute; null for none. */
  machineStateDir: string | null
  /** Absolute: rules by which records are tagged. */
  rules: string
  /** A reported run is ended when it runs longer than its limit and this; 0 for never. */
  stopExceedingMs: number
}

export interface MetricsConfig {
  retentionMs: number
  checkpointIntervalMs: number
  memoryMb: number
  /** Whether a cluster is made of this host where no cluster.json describes it. */
  hostCluster: boolean
}

/** A folder (absolute), or a bucket. */
export type StorageTarget = { kind: 'disk'; path: string } | { kind: 's3'; bucket: string; prefix: string }

export interface ArchiveConfig {
  target: StorageTarget
  /** For both targets, where they are buckets. */
  s3: { endpoint: string | null; region: string; credentialsFile: string | null }
  /** Runs of the engine that were shorter are recorded, but not archived. */
  shortestRunMs: number
  retention: {
    policy: 'none' | 'delete' | 'move' | 'copy'
    ageMs: number
    target: StorageTarget | null
    keepTagged: 'none' | 'all' | 'user'
    /** Whether the record goes as well. */
    records: boolean
    nodeStatesAgeMs: number
  }
}

export interface CockpitShape {
  cockpit: CockpitConfig
  metrics: MetricsConfig
  archive: ArchiveConfig
}

/** @throws invalid for a time, an address or a target that cannot be */
export function shapeCockpit(values: SettingValues, folder: string): CockpitShape {
  const time = (name: SettingName) => parseTimespec(String(values[name]), name)
  const path = (written: string) => (written === '' ? null : resolve(folder, written))
  return {
    cockpit: {
      listen: readListen(values['cockpit.listen']),
      allow: values['cockpit.allow'],
      trustedProxies: values['cockpit.trusted_proxies'],
      jwtMaxAgeMs: time('cockpit.jwt_max_age'),
      validateUser: values['cockpit.validate_user'],
      sessionMaxAgeMs: time('cockpit.session_max_age'),
      machineStateDir: path(values['cockpit.machine_state_dir']),
      rules: resolve(folder, values['cockpit.rules']),
      stopExceedingMs: time('cockpit.stop_exceeding_walltime'),
    },
    metrics: {
      retentionMs: time('metrics.retention'),
      checkpointIntervalMs: time('metrics.checkpoint_interval'),
      memoryMb: values['metrics.memory_mb'],
      hostCluster: values['metrics.host_cluster'],
    },
    archive: shapeArchive(values, folder, time),
  }
}

function shapeArchive(values: SettingValues, folder: string, time: (name: SettingName) => number): ArchiveConfig {
  const policy = values['archive.retention']
  const written = values['archive.retention_target']
  if ((policy === 'move' || policy === 'copy') && written === '')
    throw new DomainError(
      'invalid',
      `archive.retention "${policy}" needs archive.retention_target: where should runs go?`,
    )
  return {
    target: readTarget(values['archive.target'], folder),
    s3: {
      endpoint: values['archive.s3_endpoint'] || null,
      region: values['archive.s3_region'],
      credentialsFile:
        values['archive.s3_credentials'] === '' ? null : resolve(folder, values['archive.s3_credentials']),
    },
    shortestRunMs: time('archive.shortest_run'),
    retention: {
      policy,
      ageMs: time('archive.retention_age'),
      target: written === '' ? null : readTarget(written, folder),
      keepTagged: values['archive.retention_keep_tagged'],
      records: values['archive.retention_records'],
      nodeStatesAgeMs: time('archive.node_states_age'),
    },
  }
}

/** @throws invalid for a bucket without a name */
function readTarget(written: string, folder: string): StorageTarget {
  if (!written.startsWith('s3://')) return { kind: 'disk', path: resolve(folder, written) }
  const [bucket = '', ...rest] = written.slice('s3://'.length).split('/')
  if (!/^[a-z0-9][a-z0-9.-]{1,62}$/.test(bucket))
    throw new DomainError('invalid', `${written}: write "s3://BUCKET/PREFIX" with the bucket's name`)
  return { kind: 's3', bucket, prefix: rest.filter((part) => part !== '').join('/') }
}
