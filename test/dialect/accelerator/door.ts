/** The dialect over a real engine and store, its executor stepped by hand, called without a network. */

import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import type { Caller, Level } from '../../../src/auth/caller.ts'
import type { SignIn } from '../../../src/auth/sign-in.ts'
import { DomainError } from '../../../src/base/errors.ts'
import { type Logger, silentLog } from '../../../src/base/log.ts'
import { acceleratorPlugin } from '../../../src/dialect/accelerator/plugin.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import { createApp } from '../../../src/http/app.ts'
import { aCaller, type House, type HouseOptions, makeHouse } from '../../support/house.ts'

export interface Door {
  app: FastifyInstance
  house: House
  call(method: Method, path: string, options?: Call): Promise<LightMyRequestResponse>
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

export interface Call {
  /** `user/level`; null for nobody. */
  as?: string | null
  body?: unknown
  headers?: Record<string, string>
}

export interface DoorOptions extends HouseOptions {
  signIn?: Pick<SignIn, 'issue' | 'verify'>
  log?: Logger
  /** Puts something in front of the real engine. */
  wrap?: (engine: Engine) => Engine
}

export async function openDoor({ signIn = namedSignIn, wrap = (engine) => engine, ...options }: DoorOptions = {}) {
  const house = await makeHouse(options)
  const log = options.log ?? silentLog
  const app = createApp({ log })
  await app.register(acceleratorPlugin, {
    engine: wrap(house.engine),
    signIn,
    listUsers: async () => [{ name: 'alice', level: 'user' }],
    project: { name: 'vnc', version: '0.1.0' },
    clock: house.clock,
    urls: () => ['http://queue.example:6330', 'https://queue.example:6330'],
    log,
  })
  await app.ready()
  onTestFinished(() => app.close())
  return { app, house, call: (method, path, call) => callOf(app, method, path, call) } satisfies Door as Door
}

function callOf(app: FastifyInstance, method: Method, path: string, { as = 'alice/user', body, headers }: Call = {}) {
  const authorization = as === null ? {} : { authorization: `Bearer:${as}` }
  const request: InjectOptions = { method, url: path, headers: { ...authorization, ...headers } }
  if (body !== undefined) request.payload = body as string | object
  return app.inject(request)
}

/** Whoever says `user/level` is that; the password of everybody is `open`. */
export const namedSignIn: Pick<SignIn, 'issue' | 'verify'> = {
  async issue({ username, password }) {
    if (password !== 'open') throw new DomainError('unauthenticated', 'wrong user name or password')
    return { token: `${username}/user`, expiresInSeconds: 14_400 }
  },
  verify(token): Caller {
    const [user = '', level = ''] = token.split('/')
    if (!['readonly', 'user', 'leader', 'admin'].includes(level)) {
      throw new DomainError('unauthenticated', 'the token is not valid')
    }
    return aCaller(user, level as Level)
  },
}

let logs = 0

/** A job description that is right, with a log file of its own. */
export function aBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  logs += 1
  return { command: 'sleep 60', logfile: `JOBLOG.${logs}`, rundir: '/tmp', env: 'BASE', ...changes }
}

/** Submits a job and waits until it runs; answers its id. */
export async function runningJob({ call, house }: Door, as = 'alice/user'): Promise<number> {
  const { jobid } = (await call('POST', '/api/v3/jobs', { as, body: aBody() })).json()
  await house.executor.ordered(house.executor.orders.length === 0 ? 1 : house.executor.orders.length)
  return jobid
}
