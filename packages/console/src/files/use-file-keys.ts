import type { Virtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useRef } from 'react'
import { flushSync } from 'react-dom'
import type { FileTableProps } from './file-table-props.ts'
import { rowAt } from './list-rows.ts'

export interface FileKeys extends FileTableProps {
  readonly rows: Virtualizer<HTMLDivElement, Element>
  readonly active: number
  setActive(index: number): void
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly rowHeight: number
}

/**
 * Keyboard control of the table: arrows, Page Up, Page Down, Home and End move; Space selects a row, Shift+Space
 * selects a range; Enter opens a folder, or the details of a file; F2 renames; Delete deletes; Ctrl+A selects all; Escape clears the selection or closes
 * the details.
 */
export function useFileKeys(keys: FileKeys): (event: KeyboardEvent) => void {
  const { state, rows, active, setActive, scroller, rowHeight, selected } = keys
  const { onSelect, onOpen, onOpenFolder, onEdit, onDelete } = keys
  const anchor = useRef(0)
  const last = rows.options.count - 1
  const idAt = (index: number) => {
    const row = rowAt(state, index)
    return row?.kind === 'file' ? row.file.id : undefined
  }

  const moveTo = (wanted: number) => {
    const index = Math.max(0, Math.min(last, wanted))
    // Only a rendered row can get the focus.
    flushSync(() => setActive(index))
    rows.scrollToIndex(index)
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true })
    })
  }
  const page = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1)
  const select = (isRange: boolean) => {
    const next = new Set(selected)
    const id = idAt(active)
    if (id === undefined) return
    if (isRange) {
      const [from, to] = [Math.min(anchor.current, active), Math.max(anchor.current, active)]
      for (let index = from; index <= to; index++) {
        const inside = idAt(index)
        if (inside !== undefined) next.add(inside)
      }
    } else if (!next.delete(id)) next.add(id)
    anchor.current = active
    onSelect(next)
  }
  const open = () => {
    const row = rowAt(state, active)
    if (row?.kind === 'folder') onOpenFolder(row.path)
    else if (row !== null) onOpen(row.file.id)
  }
  const withSelected = (act: (ids: ReadonlySet<string>) => void) => () => {
    const id = idAt(active)
    if (selected.size > 0) act(selected)
    else if (id !== undefined) act(new Set([id]))
  }
  const actions = new Map<string, (event: KeyboardEvent) => void>([
    ['ArrowDown', () => moveTo(active + 1)],
    ['ArrowUp', () => moveTo(active - 1)],
    ['PageDown', () => moveTo(active + page())],
    ['PageUp', () => moveTo(active - page())],
    ['Home', () => moveTo(0)],
    ['End', () => moveTo(last)],
    ['Enter', open],
    ['F2', withSelected(onEdit)],
    ['Delete', withSelected(onDelete)],
    [' ', (event) => select(event.shiftKey)],
    ['Escape', () => (selected.size > 0 ? onSelect(new Set()) : onOpen(null))],
  ])
  return (event) => {
    const isSelectAll = event.key === 'a' && (event.ctrlKey || event.metaKey)
    const action = isSelectAll
      ? () => onSelect(new Set(state.files.map(({ id }) => id)))
      : actions.get(event.key)
    // Checkboxes handle the space key themselves.
    if (!action || event.target instanceof HTMLInputElement) return
    event.preventDefault()
    action(event)
  }
}
