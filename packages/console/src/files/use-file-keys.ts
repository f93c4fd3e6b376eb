import type { Virtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useRef } from 'react'
import { flushSync } from 'react-dom'
import type { FileTableProps } from './file-table-props.ts'

export interface FileKeys extends FileTableProps {
  readonly rows: Virtualizer<HTMLDivElement, Element>
  readonly active: number
  setActive(index: number): void
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly rowHeight: number
}

/**
 * Keyboard control of the table: arrows, Page Up, Page Down, Home and End move; Space selects a row, Shift+Space
 * selects a range; Enter opens the details; Delete deletes; Ctrl+A selects all; Escape clears the selection or closes
 * the details.
 */
export function useFileKeys(keys: FileKeys): (event: KeyboardEvent) => void {
  const { state, rows, active, setActive, scroller, rowHeight, selected, onSelect, onOpen, onDelete } = keys
  const anchor = useRef(0)
  const last = rows.options.count - 1
  const idAt = (index: number) => state.rows[index]?.file.id

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
      for (const { file } of state.rows.slice(from, to + 1)) next.add(file.id)
    } else if (!next.delete(id)) next.add(id)
    anchor.current = active
    onSelect(next)
  }
  const open = () => {
    const id = idAt(active)
    if (id !== undefined) onOpen(id)
  }
  const requestDelete = () => {
    const id = idAt(active)
    if (selected.size > 0) onDelete(selected)
    else if (id !== undefined) onDelete(new Set([id]))
  }
  const actions = new Map<string, (event: KeyboardEvent) => void>([
    ['ArrowDown', () => moveTo(active + 1)],
    ['ArrowUp', () => moveTo(active - 1)],
    ['PageDown', () => moveTo(active + page())],
    ['PageUp', () => moveTo(active - page())],
    ['Home', () => moveTo(0)],
    ['End', () => moveTo(last)],
    ['Enter', open],
    ['Delete', requestDelete],
    [' ', (event) => select(event.shiftKey)],
    ['Escape', () => (selected.size > 0 ? onSelect(new Set()) : onOpen(null))],
  ])
  return (event) => {
    const isSelectAll = event.key === 'a' && (event.ctrlKey || event.metaKey)
    const action = isSelectAll
      ? () => onSelect(new Set(state.rows.map(({ file }) => file.id)))
      : actions.get(event.key)
    // Checkboxes handle the space key themselves.
    if (!action || event.target instanceof HTMLInputElement) return
    event.preventDefault()
    action(event)
  }
}
