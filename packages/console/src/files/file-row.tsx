import type { WaybillFile } from '@waybill/sdk'
import { memo } from 'react'
import { formatBytes, formatDateTime, formatName } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { previewKindOf } from './preview-kind.ts'

export interface FileRowProps {
  /** The file, or null until it is loaded. */
  readonly file: WaybillFile | null
  readonly index: number
  readonly top: number
  /** True when the row takes part in the tab order. */
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly isOpen: boolean
  /** True in lists with files of several folders. */
  readonly hasFolder: boolean
  onToggle(id: string): void
  onOpen(id: string): void
  onActive(index: number): void
}

/** Renders again only when the shown values or the listeners change. */
export const FileRow = memo(FileRowShown, (before, after) => {
  const shown = ['file', 'index', 'top', 'isActive', 'isSelected', 'isOpen', 'hasFolder'] as const
  const listeners = ['onToggle', 'onOpen', 'onActive'] as const
  return [...shown, ...listeners].every((name) => before[name] === after[name])
})

function FileRowShown(props: FileRowProps) {
  const { file, index, top, isActive, isSelected, isOpen, hasFolder } = props
  const { onToggle, onOpen, onActive } = props
  const className = `row${isSelected ? ' selected' : ''}${isOpen ? ' open' : ''}`
  return (
    <div
      role="row"
      className={className}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-busy={file === null || undefined}
      data-index={index}
      tabIndex={isActive ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onActive(index)}
      onClick={() => file && onOpen(file.id)}
    >
      {file === null ? (
        <Skeleton />
      ) : (
        <Cells file={file} isSelected={isSelected} hasFolder={hasFolder} onToggle={onToggle} />
      )}
    </div>
  )
}

interface CellsProps {
  readonly file: WaybillFile
  readonly isSelected: boolean
  readonly hasFolder: boolean
  onToggle(id: string): void
}

function Cells({ file, isSelected, hasFolder, onToggle }: CellsProps) {
  const { id, original_filename, path, file_size, mime_type, uploaded_at, damaged_at } = file
  const name = formatName(original_filename)
  return (
    <>
      <div role="gridcell" className="cell-select">
        {/* The label enlarges the click area of the checkbox. */}
        <label onClick={(event) => event.stopPropagation()}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Select ${name}`}
            checked={isSelected}
            onChange={() => onToggle(id)}
          />
        </label>
      </div>
      <div role="gridcell" className="cell-name" title={name}>
        <Icon name={iconOfType(mime_type)} />
        <span dir="auto">{name}</span>
        {damaged_at && <span className="tag bad">damaged</span>}
        {hasFolder && path !== null && (
          <small className="fine" dir="auto">
            {formatName(path)}
          </small>
        )}
      </div>
      <div role="gridcell" className="cell-size">
        {formatBytes(file_size)}
      </div>
      <div role="gridcell" className="cell-type" title={mime_type}>
        {mime_type}
      </div>
      <div role="gridcell" className="cell-uploaded">
        <time dateTime={uploaded_at}>{formatDateTime(uploaded_at)}</time>
      </div>
    </>
  )
}

function Skeleton() {
  return (
    <div role="gridcell" className="skeleton">
      <span className="off-screen">Loading</span>
    </div>
  )
}

function iconOfType(mimeType: string): IconName {
  if (/zip|tar|compressed|gzip|7z|rar/.test(mimeType)) return 'archive'
  return previewKindOf(mimeType) ?? 'file'
}
