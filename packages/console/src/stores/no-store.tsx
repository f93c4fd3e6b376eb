import { EmptyState } from '../parts/empty-state.tsx'
import { PlaceLink } from '../shell/place-link.tsx'
import { placeOfPage } from '../shell/router.ts'

export function NoStore() {
  return (
    <EmptyState icon="search" title="This vector store does not exist">
      <p>
        It was deleted, or this key cannot see it.{' '}
        <PlaceLink place={placeOfPage('stores')}>Show all vector stores</PlaceLink>
      </p>
    </EmptyState>
  )
}
