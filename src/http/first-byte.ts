/** Tells TLS from plain text by the first byte of a connection, which stays in the stream for whoever reads it next. */

import type { Socket } from 'node:net'

/** The record type of a TLS handshake (RFC 8446, 5.1); no HTTP request begins with it. */
const TLS_HANDSHAKE = 0x16

/** Calls one of the two once the client has sent something; a client that says nothing for `limitMs` is cut off. */
export function onFirstByte(
  socket: Socket,
  { limitMs, encrypted, plain }: { limitMs: number; encrypted: () => void; plain: () => void },
): void {
  const timer = setTimeout(() => socket.destroy(), limitMs).unref()
  const giveUp = () => socket.destroy()
  const look = () => {
    const chunk: Buffer | null = socket.read()
    if (chunk === null) return
    clearTimeout(timer)
    socket.off('readable', look).off('error', giveUp).off('end', giveUp)
    socket.unshift(chunk)
    if (chunk[0] === TLS_HANDSHAKE) encrypted()
    else plain()
  }
  socket.on('readable', look).on('error', giveUp).on('end', giveUp)
  socket.once('close', () => clearTimeout(timer))
}
