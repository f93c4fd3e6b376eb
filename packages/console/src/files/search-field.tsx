import { useEffect, useRef } from 'react'
import { formatNumber } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { useStore } from '../parts/store.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'

/** Search by file name. The slash key moves the focus here. */
export function SearchField() {
  const { files } = useWorkspace()
  const { search, rows, loadedCount, totalCount, isLoading } = useStore(files.state)
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
  const isIncomplete = isLoading && totalCount !== null && loadedCount < totalCount
  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search by name"
        placeholder="Search"
        defaultValue={search}
        onChange={({ currentTarget }) => files.search(currentTarget.value)}
      />
      <output className="search-state fine">
        {search !== '' && `${formatNumber(rows.length)} found`}
        {isIncomplete && ` · ${formatNumber(loadedCount)} of ${formatNumber(totalCount)} loaded`}
      </output>
    </div>
  )
}
