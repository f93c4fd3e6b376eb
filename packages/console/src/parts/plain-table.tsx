import type { ReactNode } from 'react'

export interface PlainTableProps {
  /** Headings of the columns, from the left. */
  readonly columns: readonly string[]
  /** True for rows that end with buttons. */
  readonly hasActions?: boolean
  readonly className?: string
  /** Rows: each cell has its column as `data-label`, which narrow windows show beside it. */
  readonly children: ReactNode
}

/** Table of a few rows. In a narrow window, each row is a list of its cells. */
export function PlainTable({ columns, hasActions = false, className = '', children }: PlainTableProps) {
  return (
    <table className={`plain-table ${className}`}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
          {hasActions && (
            <th scope="col">
              <span className="off-screen">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}
