import { isDeepStrictEqual } from 'node:util'
import type { Attributes, ChunkingStrategy, StoreFile, StoreFileError } from './store-file.ts'

/** Request to add a File to a store. Null keeps the earlier attributes or strategy. */
export interface Addition {
  readonly fileId: string
  readonly attributes: Attributes | null
  readonly chunking: ChunkingStrategy | null
}

export interface PlannedAddition {
  /** Association after the addition. */
  readonly storeFile: StoreFile
  /** Part of an existing association that changes; `all` for a new one. */
  readonly changed: 'nothing' | 'attributes' | 'all'
  /** True when the file is to be indexed, from the beginning if that is under way. */
  readonly isQueued: boolean
}

const MISSING_FILE: StoreFileError = {
  code: 'invalid_file',
  message: 'The file does not exist or was deleted. Upload it again and add the new file.',
}

/**
 * Returns what adding a file makes of its association. `current` is the association so far, or a new one that is
 * pending. A file that does not exist fails. A new strategy or an earlier failure indexes the file again, and its
 * chunks go on answering; otherwise only the attributes change.
 */
export function planAddition(
  current: StoreFile,
  { attributes, chunking }: Addition,
  { isNew, nowMs }: { readonly isNew: boolean; readonly nowMs: number },
): PlannedAddition {
  const asked: StoreFile = {
    ...current,
    attributes: attributes ?? current.attributes,
    chunking: chunking ?? current.chunking,
  }
  if (current.file === null) {
    const isSame = current.status === 'failed' && isDeepStrictEqual(asked, current)
    return {
      storeFile: isSame ? current : failed(asked, nowMs),
      changed: isSame ? 'nothing' : 'all',
      isQueued: false,
    }
  }
  const hasEnded = current.status === 'failed' || current.status === 'cancelled'
  if (isNew || hasEnded || !isDeepStrictEqual(asked.chunking, current.chunking)) {
    return { storeFile: queued(asked, false), changed: 'all', isQueued: true }
  }
  const isSame = isDeepStrictEqual(asked.attributes, current.attributes)
  return { storeFile: asked, changed: isSame ? 'nothing' : 'attributes', isQueued: false }
}

/** Returns the association as it is when its file is to be indexed from the beginning. */
export function queued(storeFile: StoreFile, keepsError: boolean): StoreFile {
  return {
    ...storeFile,
    status: 'pending',
    step: 'queued',
    progressPercent: 0,
    error: keepsError ? storeFile.error : null,
    attempts: 0,
    startedAtMs: null,
    endedAtMs: null,
  }
}

/** Returns the association of a file that does not exist. */
export function failed(storeFile: StoreFile, nowMs: number): StoreFile {
  return { ...storeFile, status: 'failed', step: 'queued', error: MISSING_FILE, endedAtMs: nowMs }
}
