import { formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { PlaceLink } from '../shell/place-link.tsx'
import { placeOfFolder, placeOfPage } from '../shell/router.ts'
import { WithScope } from '../workspace/with-scope.tsx'
import { ancestorsOf, folderName } from './folder-path.ts'

export interface BreadcrumbsProps {
  /** Folder that is shown; null for all files. */
  readonly folder: string | null
  /** Called to move this folder. */
  onMove(folder: string): void
}

/** Path to the folder that is shown, with its actions, and the other views of the files. */
export function Breadcrumbs({ folder, onMove }: BreadcrumbsProps) {
  const steps = ['', ...ancestorsOf(folder ?? '')]
  return (
    <div className="folder-bar">
      <nav aria-label="Folder">
        <ol className="crumbs">
          {folder === null ? (
            <li aria-current="page">All files</li>
          ) : (
            steps.map((path) => <Crumb key={path} path={path} isCurrent={path === folder} />)
          )}
        </ol>
      </nav>
      {folder && (
        <WithScope scope="files:write">
          <button type="button" className="button bare" onClick={() => onMove(folder)}>
            <Icon name="folder" /> Rename or move
          </button>
        </WithScope>
      )}
      <nav className="folder-views" aria-label="Views">
        <PlaceLink place={placeOfFolder(folder === null ? '' : null)}>
          {folder === null ? 'Folders' : 'All files'}
        </PlaceLink>
        <PlaceLink place={placeOfPage('trash')}>Trash</PlaceLink>
      </nav>
    </div>
  )
}

function Crumb({ path, isCurrent }: { readonly path: string; readonly isCurrent: boolean }) {
  const name = path === '' ? 'Home' : formatName(folderName(path))
  if (isCurrent)
    return (
      <li aria-current="page">
        <bdi>{name}</bdi>
      </li>
    )
  return (
    <li>
      <PlaceLink place={placeOfFolder(path)}>
        <bdi>{name}</bdi>
      </PlaceLink>
    </li>
  )
}
