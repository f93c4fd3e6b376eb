import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { WaybillFile } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import type { UploadItem } from './upload-items.ts'

/**
 * What a command has finished, until all of it is done: so that the same command, after it was interrupted, sends none of it
 * again. It is for convenience: where it cannot be kept or read, the command goes on as if there were none.
 */
export interface UploadJournal {
  /** The file that this item became in an earlier run, if the item is the same still; else null. */
  finished(item: UploadItem, mimeType: string): WaybillFile | null
  /** Returns when it would survive the end of the process. */
  add(item: UploadItem, mimeType: string, file: WaybillFile): void
  /** Forgets all of it. */
  clear(): Promise<void>
}

/** An interrupted command that nobody has gone on with for so long is forgotten, as its sessions are. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000

/** `command` is what makes a command the same one; paths are resolved. */
export async function openUploadJournal(
  io: CommandIo,
  command: readonly (string | null)[],
  paths: readonly string[],
): Promise<UploadJournal> {
  const folder = journalFolder(io)
  await forgetOld(folder)
  const identity = JSON.stringify([...command, ...paths.map((path) => (path === '-' ? '-' : resolve(path)))])
  const path = join(folder, `${createHash('sha256').update(identity).digest('hex')}.jsonl`)
  const known = parseJournal(await readFile(path, 'utf8').catch(() => ''))
  return {
    finished: (item, mimeType) => known.get(keyOf(item, mimeType) ?? '') ?? null,
    add: (item, mimeType, file) => {
      const key = keyOf(item, mimeType)
      if (key === null) return
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        // On a line of its own, also behind one that was cut off.
        appendFileSync(path, `\n${JSON.stringify({ key, file })}\n`, { mode: 0o600 })
      } catch {
        // It costs the way back, and not the upload.
      }
    },
    clear: async () => {
      known.clear()
      await rm(path, { force: true }).catch(() => {})
    },
  }
}

/** The XDG Base Directory Specification. */
function journalFolder(io: CommandIo): string {
  return join(io.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'waybill', 'journals')
}

/** By what an item is known again; null for the standard input, which comes but once. */
function keyOf({ path, filename, sizeBytes, modifiedMs }: UploadItem, mimeType: string): string | null {
  return path === null ? null : JSON.stringify([resolve(path), filename, sizeBytes, modifiedMs, mimeType])
}

/** Lines that say nothing, such as one that a crash has cut off, are skipped. */
function parseJournal(text: string): Map<string, WaybillFile> {
  const known = new Map<string, WaybillFile>()
  for (const line of text.split('\n')) {
    try {
      const { key, file } = JSON.parse(line)
      if (typeof key === 'string' && typeof file?.id === 'string') known.set(key, file)
    } catch {}
  }
  return known
}

async function forgetOld(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const { mtimeMs = Date.now() } = (await stat(path).catch(() => null)) ?? {}
    if (name.endsWith('.jsonl') && mtimeMs < Date.now() - KEPT_MS)
      await rm(path, { force: true }).catch(() => {})
  }
}
