import { useVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { EmptyState } from '../parts/empty-state.tsx'
import { useIsNarrow } from '../parts/use-is-narrow.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { isSearching } from './file-list-state.ts'
import { FileRow } from './file-row.tsx'
import { FileTableHead } from './file-table-head.tsx'
import type { FileTableProps } from './file-table-props.ts'
import { FolderRow } from './folder-row.tsx'
import { rowAt, rowCountOf } from './list-rows.ts'
import { useFileKeys } from './use-file-keys.ts'
import { useKeptPlace } from './use-kept-place.ts'

const ROW_HEIGHT = 36
const NARROW_ROW_HEIGHT = 56
const OVERSCAN = 12
/** Rows to load beyond the visible ones. */
const PRELOADED_ROWS = 200

/** Table of files. Renders only the visible rows. */
export function FileTable(props: FileTableProps) {
  const { state, openId, selected, onSelect, onOpen, onOpenFolder } = props
  const { folder, totalCount, hasMore } = state
  const { files } = useWorkspace()
  const scroller = useRef<HTMLDivElement>(null)
  const [moved, setMoved] = useState({ folder, index: 0 })
  const active = moved.folder === folder ? moved.index : 0
  const setActive = useCallback((index: number) => setMoved({ folder, index }), [folder])
  const rowHeight = useIsNarrow() ? NARROW_ROW_HEIGHT : ROW_HEIGHT
  const count = rowCountOf(state)
  const hasFolder = folder === null || isSearching(state)
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height needs a new measurement
  useEffect(() => rows.measure(), [rowHeight])
  const items = rows.getVirtualItems()
  const lastSeen = items.at(-1)?.index ?? 0
  useEffect(() => files.loadUpTo(lastSeen + PRELOADED_ROWS), [files, lastSeen])
  // Another folder begins at its start.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect belongs to the change of the folder
  useEffect(() => {
    scroller.current?.scrollTo(0, 0)
  }, [folder])
  useKeptPlace({ state, scroller, rowHeight, active, setActive })
  const keepsFocus = useKeptFocus(scroller, active)
  const onKeyDown = useFileKeys({ ...props, rows, active, setActive, scroller, rowHeight })
  const toggle = (id: string) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelect(next)
  }

  return (
    <div
      className="table"
      role="grid"
      aria-label="Files"
      aria-rowcount={hasMore && totalCount === null ? -1 : count + 1}
      aria-multiselectable="true"
    >
      <FileTableHead state={state} selected={selected} onSelect={onSelect} />
      <div className="table-body" role="rowgroup" ref={scroller} onKeyDown={onKeyDown} {...keepsFocus}>
        <div className="table-space" role="presentation" style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rowAt(state, index)
            const place = { index, top: start, isActive: index === Math.min(active, count - 1) }
            if (row?.kind === 'folder') {
              const { path } = row
              return (
                <FolderRow key={path} path={path} {...place} onOpen={onOpenFolder} onActive={setActive} />
              )
            }
            const file = row?.file ?? null
            return (
              <FileRow
                key={file?.id ?? index}
                file={file}
                {...place}
                isSelected={file !== null && selected.has(file.id)}
                isOpen={file !== null && file.id === openId}
                hasFolder={hasFolder}
                onToggle={toggle}
                onOpen={onOpen}
                onActive={setActive}
              />
            )
          })}
        </div>
        {count === 0 && !state.isLoading && (
          <EmptyState icon="search" title="Nothing found">
            <p>No file name contains "{state.search}".</p>
          </EmptyState>
        )}
      </div>
    </div>
  )
}

/**
 * Returns listeners that keep the focus in the table: when the row that has it is replaced, as a placeholder by its file or
 * the rows of a folder by those of another one, the row in its place gets it.
 */
function useKeptFocus(scroller: RefObject<HTMLDivElement | null>, active: number) {
  const hasFocus = useRef(false)
  useEffect(() => {
    if (!hasFocus.current || document.activeElement !== document.body) return
    scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`)?.focus({ preventScroll: true })
  })
  return {
    onFocus: () => {
      hasFocus.current = true
    },
    onBlur: ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null) hasFocus.current = false
    },
  }
}
