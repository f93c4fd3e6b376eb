import { formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { PlaceLink } from '../shell/place-link.tsx'
import { placeOfFolder } from '../shell/router.ts'
import { folderName } from './folder-path.ts'

export interface FolderRowProps {
  readonly path: string
  readonly index: number
  readonly top: number
  /** True when the row takes part in the tab order. */
  readonly isActive: boolean
  onOpen(path: string): void
  onActive(index: number): void
}

/** Row of a folder, before the files. The link lets a browser open the folder in another tab. */
export function FolderRow({ path, index, top, isActive, onOpen, onActive }: FolderRowProps) {
  const name = formatName(folderName(path))
  return (
    <div
      role="row"
      className="row folder"
      aria-rowindex={index + 2}
      data-index={index}
      tabIndex={isActive ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onActive(index)}
      onClick={({ target }) => {
        if ((target as Element).closest('a') === null) onOpen(path)
      }}
    >
      <div role="gridcell" className="cell-select" />
      <div role="gridcell" className="cell-name" title={name}>
        <Icon name="folder" />
        <PlaceLink place={placeOfFolder(path)} tabIndex={-1}>
          <bdi>{name}</bdi>
        </PlaceLink>
      </div>
    </div>
  )
}
