/** The slash at the end of every path (spec/hub.md 2.2): without it nothing is done, the client is shown where to ask. */

import type { FastifyReply, FastifyRequest } from 'fastify'

/** `/api/jobs?page=2` at `/api/jobs/?page=2`. */
export function withSlash(url: string): string {
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  return `${path}/${query < 0 ? '' : url.slice(query)}`.toWellFormed().replace(/[^!-~]/g, encodeURIComponent)
}

/** As Django's APPEND_SLASH answers, whatever the method and whoever asks. */
export function showSlash(request: FastifyRequest, reply: FastifyReply): void {
  reply.code(301).header('location', withSlash(request.raw.url ?? ''))
  reply.type('text/html; charset=utf-8').send()
}
