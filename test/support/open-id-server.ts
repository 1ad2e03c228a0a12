/** A real OpenID provider on a free port, and a browser that signs in there without asking anybody. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

export const CLIENT = { id: 'yardmaster', secret: 'a secret of thirty-two characters' }
export const REDIRECT_URI = 'http://127.0.0.1:8080/oidc-callback'

const MOST_HOPS = 20

export interface OpenIdServer {
  url: string
  /** Follows `url` as a browser would, signing in as `account`; where it is sent back to. */
  visit(url: string, account: { sub: string } | 'refuse'): Promise<string>
  close(): Promise<void>
}

export interface OpenIdServerOptions {
  /** What is said of an account, by its `sub`. */
  claims: Readonly<Record<string, object>>
  /** Whether the ID token says it too, not the userinfo endpoint alone. */
  inIdToken?: boolean
}

export async function startOpenIdServer({ claims, inIdToken = false }: OpenIdServerOptions): Promise<OpenIdServer> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const visitors = new Map<string, { sub: string } | 'refuse'>()
  const provider = new Provider(url, configurationOf(claims, inIdToken))
  const answer = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response)
    const who = visitors.get(String(request.headers['x-visitor']))
    const result =
      who === 'refuse' || !who ? { error: 'access_denied' } : { login: { accountId: who.sub }, consent: {} }
    void provider.interactionFinished(request, response, result)
  })
  let visits = 0
  return {
    url,
    visit(from, account) {
      visits += 1
      visitors.set(String(visits), account)
      return follow(from, { 'x-visitor': String(visits) })
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  function configurationOf(people: OpenIdServerOptions['claims'], isInIdToken: boolean) {
    return {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          // On any port, as a native application may have it (RFC 8252, 7.3).
          application_type: 'native',
          redirect_uris: ['http://127.0.0.1/oidc-callback'],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      claims: {
        openid: ['sub'],
        profile: ['name', 'preferred_username', 'realm_access', 'resource_access'],
        email: ['email'],
      },
      conformIdTokenClaims: !isInIdToken,
      cookies: { keys: ['signs the cookies of the test'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: async (_context: unknown, sub: string) => ({
        accountId: sub,
        claims: async () => ({ sub, ...people[sub] }),
      }),
      loadExistingGrant: async ({
        oidc,
      }: {
        oidc: { client: { clientId: string }; session: { accountId: string } }
      }) => {
        const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
        grant.addOIDCScope('openid profile email')
        await grant.save()
        return grant
      },
      pkce: { required: () => true },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    }
  }
}

/** Keeps cookies, and stops where it is sent back to. */
async function follow(from: string, headers: Record<string, string>): Promise<string> {
  const cookies = new Map<string, string>()
  let url = from
  for (let hops = 0; new URL(url).pathname !== '/oidc-callback'; hops += 1) {
    if (hops === MOST_HOPS) throw new Error(`sent around for ever, last to ${url}`)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { ...headers, cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (!location) throw new Error(`${url} answers ${response.status}: ${await response.text()}`)
    url = new URL(location, url).href
  }
  return url
}
