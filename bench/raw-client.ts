/** Keep-alive POSTs over bare sockets, so that the client takes as little of the two cores as one in C would. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Target {
  url: string
  token: string
}

/** Sends every body as a job, one at a time a connection, and settles when all are answered with 201. */
export async function postJobs(target: Target, bodies: readonly string[], connections: number): Promise<void> {
  let next = 0
  const client = async () => {
    const socket = await open(target)
    while (next < bodies.length) await post(socket, target, bodies[next++]!)
    socket.destroy()
  }
  await Promise.all(Array.from({ length: connections }, client))
}

export async function open({ url }: Target): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).setNoDelay(true)
  await once(socket, 'connect')
  return socket
}

/** @throws for an answer that is not 201 */
export function post(socket: Socket, { token }: Target, body: string): Promise<void> {
  const head = `POST /api/v3/jobs HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json`
  socket.write(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  return new Promise((resolve, reject) => {
    let answer = ''
    const take = (chunk: Buffer) => {
      answer += chunk.toString('latin1')
      if (!answer.endsWith('}')) return
      socket.off('data', take)
      if (answer.startsWith('HTTP/1.1 201')) resolve()
      else reject(new Error(answer))
    }
    socket.on('data', take)
  })
}
