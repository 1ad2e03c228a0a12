/** A real S3 server (versitygw) for one test file, over a temporary folder. `scripts/install-s3-server` installs it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { makeFolder } from './folder.ts'
import { freePort } from './free-port.ts'

const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
const PROGRAM = join(CACHE, 'yardmaster/s3-server/v1.8.0/versitygw')
const KEYS = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'a-secret-that-nobody-may-see' }

export interface S3Server {
  port: number
  endpoint: string
  bucket: string
  keys: typeof KEYS
  /** As the AWS tools name them. */
  env: Record<string, string>
  /** Where the server keeps what is in the bucket. */
  folder: string
  client: S3Client
  makeBucket(name: string): Promise<void>
  close(): Promise<void>
}

/** False, with a line that says so, where it is not installed. */
export function hasS3Server(): boolean {
  const isThere = existsSync(PROGRAM)
  if (!isThere) console.warn('skipped: S3, which needs the server that scripts/install-s3-server installs')
  return isThere
}

export async function startS3Server(): Promise<S3Server> {
  const place = makeFolder()
  const folder = join(place, 'buckets')
  mkdirSync(folder)
  const port = await freePort()
  const server = spawn(PROGRAM, ['--quiet', '--keep-alive', '--port', `127.0.0.1:${port}`, 'posix', folder], {
    env: { PATH: process.env.PATH, ROOT_ACCESS_KEY: KEYS.accessKeyId, ROOT_SECRET_KEY: KEYS.secretAccessKey },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const endpoint = `http://127.0.0.1:${port}`
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials: KEYS, forcePathStyle: true })
  const makeBucket = async (name: string) => {
    await client.send(new CreateBucketCommand({ Bucket: name }))
  }
  const bucket = 'archive'
  await untilItAnswers(endpoint, server)
  await makeBucket(bucket)
  const env = { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey }
  const close = async () => {
    client.destroy()
    server.kill('SIGKILL')
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
    rmSync(place, { recursive: true, force: true })
  }
  return { port, endpoint, bucket, keys: KEYS, env, folder: join(folder, bucket), client, makeBucket, close }
}

/** Without vitest, since benchmarks use it too. */
async function untilItAnswers(endpoint: string, server: ChildProcess): Promise<void> {
  const until = performance.now() + 20_000
  while (!(await answers(endpoint, server))) {
    if (performance.now() > until) throw new Error('the S3 server does not answer')
    await delay(20)
  }
}

async function answers(endpoint: string, server: ChildProcess): Promise<boolean> {
  if (server.exitCode !== null) throw new Error(`the S3 server ended with ${server.exitCode}`)
  return fetch(endpoint).then(
    () => true,
    () => false,
  )
}
