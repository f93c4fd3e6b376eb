import { type RefObject, useLayoutEffect, useRef } from 'react'
import type { FileListState } from './file-list-state.ts'
import { rowAt } from './list-rows.ts'

export interface KeptPlace {
  readonly state: FileListState
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly rowHeight: number
  readonly active: number
  setActive(index: number): void
}

/** Keeps the rows that the user sees, and the row that has the focus, where they are when others add or delete files above them. */
export function useKeptPlace({ state, scroller, rowHeight, active, setActive }: KeptPlace): void {
  const shown = useRef(state)
  useLayoutEffect(() => {
    const before = shown.current
    shown.current = state
    const isSameList = (['folder', 'search', 'sorting'] as const).every((key) => before[key] === state[key])
    if (before.files.length === 0 || !isSameList || before === state) return
    const element = scroller.current
    if (element === null) return
    const nextActive = indexAfter(before, state, active)
    if (nextActive !== active && element.contains(document.activeElement)) setActive(nextActive)
    if (element.scrollTop === 0) return
    const top = Math.floor(element.scrollTop / rowHeight)
    element.scrollTop += (indexAfter(before, state, top) - top) * rowHeight
  }, [state, scroller, rowHeight, active, setActive])
}

/** Returns the index of a row in the list after its change; the same index when the row is gone. */
function indexAfter(before: FileListState, after: FileListState, index: number): number {
  const row = rowAt(before, index)
  if (row === null || isSameRow(row, rowAt(after, index))) return index
  const found =
    row.kind === 'folder'
      ? after.folders.indexOf(row.path)
      : after.files.findIndex(({ id }) => id === row.file.id) + after.folders.length
  const isFound = row.kind === 'folder' ? found >= 0 : found >= after.folders.length
  return isFound ? found : index
}

function isSameRow(row: NonNullable<ReturnType<typeof rowAt>>, other: ReturnType<typeof rowAt>): boolean {
  if (row.kind === 'folder') return other?.kind === 'folder' && other.path === row.path
  return other?.kind === 'file' && other.file.id === row.file.id
}
