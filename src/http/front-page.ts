/** What a browser sees at `/`: the server's name and version, its addresses, and where its API pages are. */

import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import { escapeHtml, htmlPage, PAGE_STYLE } from './html.ts'
import { pageSecurity } from './page-security.ts'

export interface FrontPage {
  /** The queue's name. */
  name: string
  version: string
  /** Addresses by door, the one in use; asked at each request because TLS can be switched while the server runs. */
  doors(): readonly { door: string; url: string }[]
  /** Pages worth a link, below this same address. */
  pages: readonly { title: string; path: string; about: string }[]
  /** Commands to begin with, for a shell. */
  firstSteps(): readonly string[]
}

export async function serveFrontPage(app: FastifyInstance, page: FrontPage): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(helmet, pageSecurity())
    scope.get('/', { schema: { hide: true } }, (_request, reply) => {
      reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(draw(page))
    })
    scope.get('/html/page.css', { schema: { hide: true } }, (_request, reply) => {
      reply.type('text/css; charset=utf-8').send(PAGE_STYLE)
    })
  })
}

function draw({ name, version, doors, pages, firstSteps }: FrontPage): string {
  const addresses = doors().map(({ door, url }) => row(door, `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>`))
  const links = pages.map(({ title, path, about }) =>
    row(`<a href="${escapeHtml(path)}">${escapeHtml(title)}</a>`, escapeHtml(about), true),
  )
  const body = `<main>
<h1>Yardmaster</h1>
<p class="soft">Queue <strong>${escapeHtml(name)}</strong>, version ${escapeHtml(version)}</p>
<h2>Addresses</h2>
<table>${addresses.join('')}</table>
<h2>Pages</h2>
<table>${links.join('')}</table>
<h2>First steps</h2>
<pre><code>${escapeHtml(firstSteps().join('\n'))}</code></pre>
</main>`
  return htmlPage({ title: `Yardmaster: ${name}`, body, styles: ['/html/page.css'] })
}

function row(head: string, cell: string, isMarkup = false): string {
  return `<tr><th scope="row">${isMarkup ? head : escapeHtml(head)}</th><td>${cell}</td></tr>`
}
