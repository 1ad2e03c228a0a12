/** Server-sent events, read from an answer as it arrives (HTML standard, Server-sent events: lines `data:`, blank line ends). */

import type { Readable } from 'node:stream'

/** More than this without a blank line is no event stream. */
const LIMIT_CHARS = 1_000_000

/** The `data` of each event; comments and other fields are passed over. */
export async function* readEvents(stream: Readable): AsyncGenerator<string> {
  let rest = ''
  let data: string[] = []
  stream.setEncoding('utf8')
  for await (const chunk of stream) {
    const lines = (rest + chunk).split(/\r\n|\n|\r/)
    rest = lines.pop() ?? ''
    if (rest.length > LIMIT_CHARS) throw new Error('the event stream has a line without an end')
    for (const line of lines) {
      if (line === '' && data.length > 0) {
        yield data.join('\n')
        data = []
      } else if (line.startsWith('data:')) {
        data.push(line.slice(5).replace(/^ /, ''))
      }
    }
  }
}
