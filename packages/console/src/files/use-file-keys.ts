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
 * The keys of the table: arrows, Page up and down, Home and End move; Space selects, with Shift all on the way; Enter opens;
 * Delete deletes; Control and A selects everything.
 */
export function useFileKeys(keys: FileKeys): (event: KeyboardEvent) => void {
  const { state, rows, active, setActive, scroller, rowHeight, selected, onSelect, onOpen, onDelete } = keys
  const anchor = useRef(0)
  const last = rows.options.count - 1
  const idAt = (index: number) => state.rows[index]?.file.id

  const moveTo = (wanted: number) => {
    const index = Math.max(0, Math.min(last, wanted))
    // The row has to be there before it can have the focus.
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
  const erase = () => {
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
    ['Delete', erase],
    [' ', (event) => select(event.shiftKey)],
    ['Escape', () => (selected.size > 0 ? onSelect(new Set()) : onOpen(null))],
  ])
  return (event) => {
    const isSelectAll = event.key === 'a' && (event.ctrlKey || event.metaKey)
    const action = isSelectAll
      ? () => onSelect(new Set(state.rows.map(({ file }) => file.id)))
      : actions.get(event.key)
    // A checkbox has its own space key.
    if (!action || event.target instanceof HTMLInputElement) return
    event.preventDefault()
    action(event)
  }
}
