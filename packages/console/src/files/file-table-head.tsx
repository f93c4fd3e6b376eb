import { useEffect, useMemo, useRef } from 'react'
import { Icon } from '../parts/icon.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import type { FileListState } from './file-list-state.ts'
import { COLUMNS, type Column, SORT_OF_COLUMN, type Sorting } from './sorting.ts'

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
  const { files: rows, sorting } = state
  // Comparing the sizes is not enough: selected rows stay selected when a search hides them.
  const isAll = useMemo(
    () => rows.length > 0 && selected.size >= rows.length && rows.every(({ id }) => selected.has(id)),
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
              onChange={() => onSelect(isAll ? new Set() : new Set(rows.map(({ id }) => id)))}
            />
          </label>
        </div>
        {COLUMNS.map((column) => (
          <ColumnHead
            key={column}
            column={column}
            sorting={sorting}
            onSort={() => files.sort(nextSorting(sorting, column))}
          />
        ))}
      </div>
    </div>
  )
}

interface ColumnHeadProps {
  readonly column: Column
  readonly sorting: Sorting
  onSort(): void
}

function ColumnHead({ column, sorting, onSort }: ColumnHeadProps) {
  const isSorted = sorting.column === column
  const direction = sorting.isDescending ? 'descending' : 'ascending'
  if (SORT_OF_COLUMN[column] === null)
    return (
      <div role="columnheader" className={`cell-${column}`}>
        {LABELS[column]}
      </div>
    )
  return (
    <div role="columnheader" className={`cell-${column}`} aria-sort={isSorted ? direction : 'none'}>
      <button type="button" onClick={onSort}>
        {LABELS[column]}
        {isSorted && <Icon name="chevron" size={14} />}
      </button>
    </div>
  )
}

/** Returns the sorting after a click on a column. */
function nextSorting(now: Sorting, column: Column): Sorting {
  return { column, isDescending: now.column === column ? !now.isDescending : column !== 'name' }
}
