/**
 * Handle of a file of the user. It can be stored in IndexedDB, and then reads the file after a reload without another
 * choice. Only some browsers have it. (File System Access, https://wicg.github.io/file-system-access/)
 */
export interface FileHandle extends FileSystemFileHandle {
  requestPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>
}

type OpenFilePicker = (options: { readonly multiple: true }) => Promise<FileHandle[]>

interface ItemWithHandle {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>
}

/** Dialog that returns handles of the chosen files; undefined in browsers that have none. */
const filePicker = (): OpenFilePicker | undefined =>
  (window as { showOpenFilePicker?: OpenFilePicker }).showOpenFilePicker

export const canChooseHandles = (): boolean => filePicker() !== undefined

/** Lets the user choose files. Returns none when the user closes the dialog. */
export async function chooseHandles(): Promise<FileHandle[]> {
  try {
    return (await filePicker()?.({ multiple: true })) ?? []
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return []
    throw error
  }
}

/** Returns the handle of a dropped file, or null. Must be called during the drop event. */
export async function handleOf(item: DataTransferItem): Promise<FileHandle | null> {
  const found = await (item as ItemWithHandle).getAsFileSystemHandle?.().catch(() => null)
  return found?.kind === 'file' ? (found as FileHandle) : null
}

/** Reads the file of a handle. Returns null when the user does not permit it, or the file is gone. */
export async function readAgain(handle: FileHandle): Promise<File | null> {
  try {
    const permission = (await handle.requestPermission?.({ mode: 'read' })) ?? 'granted'
    return permission === 'granted' ? await handle.getFile() : null
  } catch {
    return null
  }
}
