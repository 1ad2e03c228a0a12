import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readEvents } from '../../../../src/cli/client/event-stream.ts'

async function eventsIn(...chunks: string[]): Promise<string[]> {
  const events: string[] = []
  for await (const event of readEvents(Readable.from(chunks.map((chunk) => Buffer.from(chunk))))) events.push(event)
  return events
}

test('events are read however the bytes arrive', async () => {
  const text = ': alive\n\ndata: {"id":1}\n\nevent: x\ndata: {"id":2}\ndata: more\n\n'
  const whole = await eventsIn(text)
  expect(whole).toEqual(['{"id":1}', '{"id":2}\nmore'])
  expect(await eventsIn(...text)).toEqual(whole)
})

test('an event that was cut off is none', async () => {
  expect(await eventsIn('data: 1\n\ndata: 2\n')).toEqual(['1'])
})

test('a line without an end is given up before it fills the memory', async () => {
  const chunks = Array.from({ length: 20 }, () => 'x'.repeat(100_000))
  await expect(eventsIn(...chunks)).rejects.toThrow('a line without an end')
})
