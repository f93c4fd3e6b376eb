import { useEffect, useMemo, useRef } from 'react'
import { Icon } from '../parts/icon.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import type { FileListState } from './file-list.ts'
import { COLUMNS, type Column, NEWEST_FIRST, type Sorting } from './sorting.ts'

const LABELS: Readonly<Record<Column, string>> = {
  name: 'Name',
  size: 'Size',
  type: 'Type',
  uploaded: 'Uploaded',
}

export interface FileTableHeadProps {
  readonly state: FileListState
  readonly selected: ReadonlySet<string>
  onSelect(selected: ReadonlySet<string>): void
}

export function FileTableHead({ state, selected, onSelect }: FileTableHeadProps) {
  const { files } = useWorkspace()
  const { rows, sorting } = state
  // Comparing the sizes is not enough: selected rows stay selected when a search hides them.
  const isAll = useMemo(
    () => rows.length > 0 && selected.size >= rows.length && rows.every(({ file }) => selected.has(file.id)),
    [rows, selected],
  )
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (box.current) box.current.indeterminate = selected.size > 0 && !isAll
  }, [selected, isAll])
  return (
    <div className="table-head" role="rowgroup">
      <div role="row" className="row" aria-rowindex={1}>
        <div role="columnheader" className="cell-select">
          <label>
            <input
              ref={box}
              type="checkbox"
              aria-label="Select all loaded files"
              checked={isAll}
              onChange={() => onSelect(isAll ? new Set() : new Set(rows.map(({ file }) => file.id)))}
            />
          </label>
        </div>
        {COLUMNS.map((column) => (
          <div
            key={column}
            role="columnheader"
            className={`cell-${column}`}
            aria-sort={sorting.column !== column ? 'none' : sorting.isDescending ? 'descending' : 'ascending'}
          >
            <button type="button" onClick={() => files.sort(nextSorting(sorting, column))}>
              {LABELS[column]}
              {sorting.column === column && <Icon name="chevron" size={14} />}
            </button>
          </div>
        ))}
      </div>
    </div>
  )
}

/**
 * Returns the sorting after a click on a column. The order of the service must be the object `NEWEST_FIRST`: the list
 * compares by identity, and does not load all pages for it.
 */
function nextSorting(now: Sorting, column: Column): Sorting {
  const isDescending = now.column === column ? !now.isDescending : column !== 'name' && column !== 'type'
  return column === NEWEST_FIRST.column && isDescending ? NEWEST_FIRST : { column, isDescending }
}
