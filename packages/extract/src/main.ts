// Reads a file from standard input and writes its text as lines of JSON (`Message`).
//   node main.ts <size in bytes> <the rest of the ReadRequest as JSON>
import { writeSync } from 'node:fs'
import { readFile } from './read-file.ts'

const [size = '', request = ''] = process.argv.slice(2)
const bytes = Buffer.allocUnsafeSlow(Number(size))
let filled = 0
for await (const chunk of process.stdin as AsyncIterable<Buffer>) filled += chunk.copy(bytes, filled)
if (filled !== bytes.length) throw new Error(`${filled} bytes instead of ${bytes.length}`)

await readFile(JSON.parse(request), bytes, (message) => writeLine(`${JSON.stringify(message)}\n`))
// Timers of a library must not keep the process.
process.exit()

/** Writes synchronously, so that the process never holds more than one message. */
function writeLine(line: string): void {
  const buffer = Buffer.from(line)
  for (let written = 0; written < buffer.length; ) written += writeSync(1, buffer, written)
}
