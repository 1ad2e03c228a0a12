/** Names of Linux are bytes. As text, a byte that is no UTF-8 stands as U+DC00 + byte (Python's surrogateescape, PEP 383). */

const ESCAPED = /[\udc80-\udcff]/

/** The bytes that a text stands for. */
export function bytesOfPath(path: string): Buffer {
  if (!ESCAPED.test(path)) return Buffer.from(path, 'utf8')
  const parts: Buffer[] = []
  let plain = 0
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at)
    if (code < 0xdc80 || code > 0xdcff || isLowHalf(path, at)) continue
    parts.push(Buffer.from(path.slice(plain, at), 'utf8'), Buffer.from([code & 0xff]))
    plain = at + 1
  }
  parts.push(Buffer.from(path.slice(plain), 'utf8'))
  return Buffer.concat(parts)
}

/** Behind a high half it is half of an ordinary character. */
function isLowHalf(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  return before >= 0xd800 && before <= 0xdbff
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that stands for the bytes; exactly reversible. */
export function textOfPath(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    return escaped(bytes)
  }
}

function escaped(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOfCharacter(bytes, at)
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + bytes[at]!)
      at += 1
    } else {
      text += decoder.decode(bytes.subarray(at, at + length))
      at += length
    }
  }
  return text
}

/** Of the UTF-8 character that begins here; 0 where none does. */
function lengthOfCharacter(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1) {
    try {
      decoder.decode(bytes.subarray(at, at + length))
      return length
    } catch {
      // Longer ones are tried.
    }
  }
  return 0
}
