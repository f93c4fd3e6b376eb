import { useEffect, useRef } from 'react'
import { formatNumber } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { type FileListState, isSearching, MIN_SEARCH_CHARACTERS } from './file-list-state.ts'

/** Search by file name, below the folder that is shown. The slash key moves the focus here. */
export function SearchField({ state }: { readonly state: FileListState }) {
  const { files } = useWorkspace()
  const { search, folder } = state
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox'
      if (event.key !== '/' || isTyping || document.querySelector('dialog[open]')) return
      event.preventDefault()
      input.current?.focus()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search by name"
        placeholder={folder ? 'Search in this folder' : 'Search'}
        maxLength={255}
        value={search}
        onChange={({ currentTarget }) => files.search(currentTarget.value)}
      />
      <output className="search-state fine">{resultOf(state)}</output>
    </div>
  )
}

function resultOf(state: FileListState): string {
  const { search, files, isLoading, hasMore } = state
  if (search === '') return ''
  if (!isSearching(state)) return `Type at least ${MIN_SEARCH_CHARACTERS} characters`
  if (isLoading) return 'Searching…'
  return `${formatNumber(files.length)}${hasMore ? ' or more' : ''} found`
}
