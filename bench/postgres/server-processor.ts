import { readdirSync, readFileSync } from 'node:fs'
import type { Client } from 'pg'

const TICKS_PER_SECOND = 100

/** Returns the processor seconds of all processes of the server, including those that have ended. */
export async function serverSeconds(client: Client): Promise<number> {
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
  const server = statOf(Number(rows[0].pid))?.parent
  let ticks = 0
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const stat = statOf(pid)
    if (stat === null) continue
    if (pid === server) ticks += stat.ownTicks + stat.endedTicks
    else if (stat.parent === server) ticks += stat.ownTicks
  }
  return ticks / TICKS_PER_SECOND
}

/** Returns null when the process has ended. */
function statOf(pid: number): { parent: number; ownTicks: number; endedTicks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Skips the name, which may contain spaces: the parent is field 4, utime, stime, cutime and cstime are 14 to 17.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const sum = (from: number, to: number) => fields.slice(from, to).reduce((total, one) => total + one, 0)
    return { parent: Number(fields[1]), ownTicks: sum(11, 13), endedTicks: sum(13, 15) }
  } catch {
    return null
  }
}
