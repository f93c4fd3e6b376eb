import { formatName } from '../parts/format.ts'
import { PlaceLink } from '../shell/place-link.tsx'
import { placeOfFolder, placeOfPage } from '../shell/router.ts'
import { ancestorsOf, folderName } from './folder-path.ts'

/** Path to the folder that is shown, and the other views of the files. `folder` is null for all files. */
export function Breadcrumbs({ folder }: { readonly folder: string | null }) {
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
