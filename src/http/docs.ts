/** An API described by the schemas that validate it: OpenAPI 3.1, and a page (Swagger UI) on which it can be tried, offline. */

import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { explorerPage, explorerScript, explorerStyle } from './explorer.ts'
import { pageSecurity } from './page-security.ts'

export interface ApiDescription {
  title: string
  version: string
  /** Markdown. */
  about: string
  tags: readonly { name: string; description: string }[]
  /** OpenAPI security schemes by name; any one of them opens every route that does not say otherwise. */
  securitySchemes: Readonly<Record<string, object>>
  /** What all paths begin with, below the scope's own prefix; it stands in the server URLs. */
  basePath: string
  /** Where the document is, and the page; what belongs to the page is below `/html/`. */
  documentPath: string
  pagePath: string
  urls: ServedApi['urls']
}

/** What an API says of the server that it is part of. */
export interface ServedApi {
  project: { name: string; version: string }
  /** What all its paths stand below, with the prefix (`http://HOST:PORT/hub`), the one in use first; asked at each request because TLS can be switched live. */
  urls(): readonly string[]
}

/** Begins to collect the routes of this scope: register before them. */
export async function describeApi(scope: FastifyInstance, description: ApiDescription): Promise<void> {
  const { title, version, about, tags, securitySchemes, basePath } = description
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version, description: about },
      servers: [{ url: scope.prefix + basePath || '/' }],
      tags: [...tags],
      components: { securitySchemes: { ...securitySchemes } as Record<string, never> },
      security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    },
    exposeHeadRoutes: false,
    convertConstToEnum: false,
  })
  await scope.register((pages: FastifyInstance) => servePages(pages, scope, description))
}

async function servePages(pages: FastifyInstance, scope: FastifyInstance, api: ApiDescription): Promise<void> {
  const { title, version, documentPath, pagePath, urls } = api
  const { prefix } = scope
  const basePath = prefix + api.basePath
  const hidden = { schema: { hide: true } }
  await pages.register(helmet, pageSecurity(urls))
  await pages.register(fastifyStatic, swaggerFiles())
  pages.get(documentPath, hidden, (_request, reply) => {
    const servers = urls().map((url) => ({ url: url + api.basePath }))
    reply.header('cache-control', 'no-store').send({ ...scope.swagger(), servers })
  })
  pages.get(pagePath, hidden, (_request, reply) => {
    reply.header('cache-control', 'no-store').type('text/html; charset=utf-8')
    reply.send(
      explorerPage({ title, version, documentPath: prefix + documentPath, basePath, assets: `${prefix}/html` }),
    )
  })
  pages.get('/html/explorer.js', hidden, (_request, reply) => reply.type('text/javascript').send(explorerScript))
  pages.get('/html/explorer.css', hidden, (_request, reply) => reply.type('text/css').send(explorerStyle))
}

const SERVED = ['/swagger-ui-bundle.js', '/swagger-ui.css']

/** The two files of the package that the page needs, and none of the others. */
function swaggerFiles() {
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const allowedPath = (path: string) => SERVED.includes(path)
  return { root, prefix: '/html/', allowedPath, index: false as const, maxAge: '1h', decorateReply: false }
}
