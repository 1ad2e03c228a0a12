/** In and out for people: with a password, a token, through an OpenID provider (spec/cockpit.md 2.5, 2.6). */

import helmet from '@fastify/helmet'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Browser } from '../../../auth/browser/browser.ts'
import type { OpenSession } from '../../../auth/browser/session.ts'
import type { AddressOf } from '../../../auth/client-address.ts'
import { DomainError, isDomainError } from '../../../base/errors.ts'
import { pageSecurity } from '../../../http/page-security.ts'
import { readForm } from '../body/form.ts'
import { tokenIn } from '../guard.ts'
import { addressOfClient } from '../manners/address.ts'
import { firstOf, type Query } from '../query.ts'
import type { Asked } from '../route.ts'
import { forgetOpenId, forgetSession, keepOpenId, keepSession, openIdIn, originOf, sessionIn } from './cookie.ts'
import { refuseOtherOrigins } from './guard.ts'
import { SIGN_IN_STYLE, type SignInPage, signInPage } from './page.ts'
import {
  jwtLoginSchema,
  loginPageSchema,
  loginSchema,
  logoutSchema,
  openIdCallbackSchema,
  openIdSchema,
} from './schema.ts'

export interface SessionParts {
  browser: Browser
  addressOf: AddressOf
  project: { name: string }
  notice(): Promise<string>
}

const HTML = 'text/html; charset=utf-8'
/** Where people go who said nothing: the front page, whatever the prefix of this dialect. */
const HOME = '/'

/** `scope` reads cookies and takes bodies as bytes. */
export async function sessionRoutes(scope: FastifyInstance, parts: SessionParts): Promise<void> {
  await scope.register(helmet, pageSecurity())
  scope.addHook('onRequest', async (request) => refuseOtherOrigins(request))
  passwordRoutes(scope, parts)
  tokenRoutes(scope, parts)
  openIdRoutes(scope, parts)
}

function passwordRoutes(scope: FastifyInstance, parts: SessionParts): void {
  scope.get<{ Querystring: Query }>('/login', { schema: loginPageSchema, exposeHeadRoute: false }, ({ query }, reply) =>
    show(parts, reply, { redirect: firstOf(query, 'redirect') ?? '' }),
  )
  scope.get('/login.css', { schema: { hide: true }, exposeHeadRoute: false }, (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(SIGN_IN_STYLE),
  )
  scope.post('/login', { schema: loginSchema }, async (request, reply) => {
    const form = readForm(request as Asked)
    const [username, redirect] = [form.get('username'), form.get('redirect')]
    try {
      const address = addressOfClient(parts.addressOf, request)
      const session = await parts.browser.withPassword({ username, password: form.get('password') }, address)
      return enter(reply, session, redirect || HOME)
    } catch (error) {
      return showAgain(parts, reply, error, { redirect, username })
    }
  })
  scope.post('/logout', { schema: logoutSchema }, async (request, reply) => {
    const value = sessionIn(request)
    if (value !== undefined) await parts.browser.close(value)
    forgetSession(reply)
    return reply.redirect(`${scope.prefix}/login`, 302)
  })
}

async function show(parts: SessionParts, reply: FastifyReply, changes: Partial<SignInPage>): Promise<FastifyReply> {
  const { browser, project, notice } = parts
  const page = {
    name: project.name,
    prefix: reply.server.prefix,
    hasOpenId: browser.openId !== null,
    notice: await notice(),
    redirect: '',
    complaint: '',
    username: '',
    ...changes,
  }
  return reply.type(HTML).send(signInPage(page))
}

/** The page once more, with why. @throws what is not about who signs in */
function showAgain(parts: SessionParts, reply: FastifyReply, error: unknown, typed: Partial<SignInPage> = {}) {
  if (!isDomainError(error, 'unauthenticated') && !isDomainError(error, 'limited')) throw error
  return show(parts, reply.code(401), { ...typed, complaint: `Authentication failed: ${error.message}` })
}

function tokenRoutes(scope: FastifyInstance, { browser }: SessionParts): void {
  const enterWithToken = async (request: FastifyRequest, reply: FastifyReply) => {
    const query = request.query as Query
    const token = firstOf(query, 'login-token') ?? tokenIn(request.headers)
    if (token === undefined) throw new DomainError('unauthenticated', 'send a token in Authorization or X-Auth-Token')
    return enter(reply, await browser.withToken(token), firstOf(query, 'redirect') || HOME)
  }
  scope.get('/jwt-login', { schema: jwtLoginSchema, exposeHeadRoute: false }, enterWithToken)
  scope.post('/jwt-login', { schema: { ...jwtLoginSchema, operationId: 'jwtLoginPOST' } }, enterWithToken)
}

function openIdRoutes(scope: FastifyInstance, parts: SessionParts): void {
  const { browser } = parts
  // Asked each time, since the settings can be read anew.
  const provider = () => {
    if (browser.openId) return browser.openId
    throw new DomainError('not_found', 'no OpenID provider is set here: sign in at /login, or set oidc.provider')
  }
  scope.get('/oidc-login', { schema: openIdSchema, exposeHeadRoute: false }, async (request, reply) => {
    const { url, kept } = await provider().begin(`${originOf(request)}${scope.prefix}/oidc-callback`)
    keepOpenId(reply, kept)
    return reply.redirect(url, 302)
  })
  scope.get('/oidc-callback', { schema: openIdCallbackSchema, exposeHeadRoute: false }, async (request, reply) => {
    const openId = provider()
    const kept = openIdIn(request)
    forgetOpenId(reply)
    try {
      if (kept === undefined) throw new DomainError('unauthenticated', 'the sign-in took too long or began elsewhere')
      return enter(reply, await openId.finish(`${originOf(request)}${request.url}`, kept), HOME)
    } catch (error) {
      return showAgain(parts, reply, error)
    }
  })
}

function enter(reply: FastifyReply, session: OpenSession, redirect: string): FastifyReply {
  keepSession(reply, session)
  return reply.redirect(isOfThisServer(redirect) ? redirect : HOME, 302)
}

/** A path of ours; `//elsewhere` and `/\elsewhere` are none to a browser. */
function isOfThisServer(redirect: string): boolean {
  return /^\/(?![/\\])[\x21-\x7e]{0,2000}$/.test(redirect)
}
