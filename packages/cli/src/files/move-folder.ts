import type { CommandIo } from '../command-io.ts'
import { openClient } from './connection.ts'
import { printable } from './printable.ts'

/** Moves all files of a folder and below it, and prints their number, also after an error. */
export async function moveFolder(
  io: CommandIo,
  from: string,
  to: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  let moved = 0
  const onMoved = () => {
    moved++
  }
  try {
    await client.files.moveFolder(from, to, { onMoved })
  } catch (error) {
    if (moved > 0)
      io.printError(
        `${countOf(moved)} ${moved === 1 ? 'was' : 'were'} moved. Run the same command again to move the others.`,
      )
    throw error
  }
  if (json) return io.print(JSON.stringify({ moved }))
  io.print(`Moved ${countOf(moved)} from ${printable(from)} to ${printable(to)}.`)
}

const countOf = (files: number): string => `${files} ${files === 1 ? 'file' : 'files'}`
