import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { WaybillFile } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import type { UploadItem } from './upload-items.ts'

/**
 * Record of the files that a command has uploaded, removed when the command has uploaded all of them. When an
 * interrupted command runs again, it skips these files. The journal is optional: a command works without it when it
 * cannot be read or written.
 */
export interface UploadJournal {
  /** Returns the File that an earlier run uploaded from this item; null when there is none or the item has changed. */
  finished(item: UploadItem, mimeType: string): WaybillFile | null
  /** Adds an uploaded file. Synchronous, so that the entry is written before the process can end. */
  add(item: UploadItem, mimeType: string, file: WaybillFile): void
  /** Removes all entries. */
  clear(): Promise<void>
}

/** Retention of the journal of an interrupted command: seven days, like that of upload sessions. */
const RETENTION_MS = 7 * 24 * 60 * 60 * 1000

/** Opens the journal of a command. Commands are the same when `command` and the resolved `paths` are equal. */
export async function openUploadJournal(
  io: CommandIo,
  command: readonly (string | null)[],
  paths: readonly string[],
): Promise<UploadJournal> {
  const folder = journalFolder(io)
  await removeExpired(folder)
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
        // The leading newline separates the entry from one that a crash has cut off.
        appendFileSync(path, `\n${JSON.stringify({ key, file })}\n`, { mode: 0o600 })
      } catch {
        // Without the entry only the resume is lost, not the upload.
      }
    },
    clear: async () => {
      known.clear()
      await rm(path, { force: true }).catch(() => {})
    },
  }
}

/** Returns the folder of all journals, by the XDG Base Directory Specification. */
function journalFolder(io: CommandIo): string {
  return join(io.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'waybill', 'journals')
}

/** Returns the key that identifies an item in a later run; null for standard input, which cannot be read again. */
function keyOf({ path, filename, sizeBytes, modifiedMs }: UploadItem, mimeType: string): string | null {
  return path === null ? null : JSON.stringify([resolve(path), filename, sizeBytes, modifiedMs, mimeType])
}

/** Skips invalid lines, such as one that a crash has cut off. */
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

async function removeExpired(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const { mtimeMs = Date.now() } = (await stat(path).catch(() => null)) ?? {}
    if (name.endsWith('.jsonl') && mtimeMs < Date.now() - RETENTION_MS)
      await rm(path, { force: true }).catch(() => {})
  }
}
