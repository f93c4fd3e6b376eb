import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { EmptyState } from '../parts/empty-state.tsx'
import { useIsNarrow } from '../parts/use-is-narrow.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import type { FileListState } from './file-list.ts'
import { FileRow } from './file-row.tsx'
import { FileTableHead } from './file-table-head.tsx'
import type { FileTableProps } from './file-table-props.ts'
import { NEWEST_FIRST } from './sorting.ts'
import { useFileKeys } from './use-file-keys.ts'

const ROW_HEIGHT = 36
const NARROW_ROW_HEIGHT = 56
const OVERSCAN = 12
/** Rows to load beyond the visible ones. */
const PRELOADED_ROWS = 200

/** Table of files. Renders only the visible rows. */
export function FileTable(props: FileTableProps) {
  const { state, openId, selected, onSelect, onOpen } = props
  const { files } = useWorkspace()
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const rowHeight = useIsNarrow() ? NARROW_ROW_HEIGHT : ROW_HEIGHT
  const count = rowCountOf(state)
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
      aria-rowcount={count + 1}
      aria-multiselectable="true"
    >
      <FileTableHead state={state} selected={selected} onSelect={onSelect} />
      <div className="table-body" role="rowgroup" ref={scroller} onKeyDown={onKeyDown}>
        <div className="table-space" role="presentation" style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const entry = state.rows[index]
            return (
              <FileRow
                key={entry?.file.id ?? index}
                file={entry?.file ?? null}
                index={index}
                top={start}
                isActive={index === Math.min(active, count - 1)}
                isSelected={entry !== undefined && selected.has(entry.file.id)}
                isOpen={entry?.file.id === openId}
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
 * Returns the number of rows. Rows that are not loaded yet count if all files are shown, so that the scroll bar is
 * right.
 */
function rowCountOf({ rows, totalCount, search, sorting, isLoading }: FileListState): number {
  if (totalCount === null) return isLoading ? 12 : 0
  const showsAll = search === '' && sorting === NEWEST_FIRST
  return showsAll ? Math.max(totalCount, rows.length) : rows.length
}
