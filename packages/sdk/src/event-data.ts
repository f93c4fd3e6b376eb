/** Fields of one block of a `text/event-stream`. */
export interface EventFields {
  /** Id of the block; null when it has none. */
  readonly id: string | null
  /** Data of the event; null for a block without an event. */
  readonly data: string | null
}

/**
 * Yields the id and data of each block of a `text/event-stream` (WHATWG HTML, section 9.2) that has one of them. Comments
 * and other fields are left out, and so is a block that is cut off. Lines end with LF or CRLF.
 */
export async function* eventFields(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<EventFields> {
  const decoder = new TextDecoder()
  let rest = ''
  let id: string | null = null
  let data: string[] = []
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? []
      if (name === 'data') data.push(value)
      if (name === 'id') id = value
      if (line !== '' || (data.length === 0 && id === null)) continue
      yield { id, data: data.length === 0 ? null : data.join('\n') }
      id = null
      data = []
    }
  }
}

/** Yields the data of each event of a `text/event-stream`. */
export async function* eventData(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const { data } of eventFields(pieces)) if (data !== null) yield data
}
