/** Slow questions asked several at a time, answered in order. */

/** `ask` must not throw: nobody waits for it yet. */
export async function* inOrder<Item, Answer>(
  items: AsyncIterable<Item>,
  atOnce: number,
  ask: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer> {
  const asked: Promise<Answer>[] = []
  for await (const item of items) {
    asked.push(ask(item))
    if (asked.length >= atOnce) yield await asked.shift()!
  }
  for (const answer of asked) yield await answer
}
