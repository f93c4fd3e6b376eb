import type { SearchAnswer, SearchResult, VectorStore } from '@waybill/sdk'
import { type FormEvent, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatCount, formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { DocumentDialog } from './document-dialog.tsx'
import { Excerpt } from './excerpt.tsx'
import { Attributes } from './store-files.tsx'

const MAX_QUERY_CHARACTERS = 8192
/** Part of a passage that a result shows, in UTF-16 units. */
const EXCERPT_UNITS = 500

/** Search in the store. Its results open the document at the place. */
export function TrySearch({ store }: { readonly store: VectorStore }) {
  const { client } = useWorkspace()
  const [answer, setAnswer] = useState<SearchAnswer | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const query = String(new FormData(event.currentTarget).get('query')).trim()
    if (query === '') return
    setBusy(true)
    try {
      setAnswer(await client().vectorStores.search(store.id, { query }))
      setError(null)
    } catch (failure) {
      setError(failure as Error)
    }
    setBusy(false)
  }
  if (!store.is_active || store.file_counts.completed === 0) return null
  return (
    <section className="try-search" aria-labelledby="try-search-title">
      <header className="section-head">
        <h2 id="try-search-title">Try a search</h2>
      </header>
      <form className="search-form" role="search" onSubmit={submit}>
        <div className="search">
          <Icon name="search" />
          <input
            type="search"
            name="query"
            aria-label="Search in this store"
            placeholder="A question, or words of the text"
            required
            maxLength={MAX_QUERY_CHARACTERS}
            autoComplete="off"
          />
        </div>
        <BusyButton type="submit" className="button primary" isBusy={isBusy}>
          Search
        </BusyButton>
      </form>
      {error && <ErrorNotice error={error} />}
      {answer !== null && <Results answer={answer} />}
    </section>
  )
}

function Results({ answer: { results, took_ms, search_query } }: { readonly answer: SearchAnswer }) {
  const [opened, setOpened] = useState<SearchResult | null>(null)
  return (
    <>
      <p className="fine" role="status">
        {results.length === 0 ? 'No passage is found.' : formatCount(results.length, 'passage')} · {took_ms}{' '}
        ms
      </p>
      <ol className="results" aria-label="Passages">
        {results.map((result) => (
          <Result
            key={result.chunk_id}
            result={result}
            queries={search_query}
            onOpen={() => setOpened(result)}
          />
        ))}
      </ol>
      {opened && <DocumentDialog passage={opened} queries={search_query} onClose={() => setOpened(null)} />}
    </>
  )
}

interface ResultProps {
  readonly result: SearchResult
  readonly queries: readonly string[]
  onOpen(): void
}

function Result({ result, queries, onOpen }: ResultProps) {
  const { filename, page, score, text, attributes } = result
  return (
    <li className="card result">
      <header>
        <button type="button" className="result-open" onClick={onOpen}>
          <bdi>{formatName(filename)}</bdi>
          {page !== null && <span>, page {page}</span>}
        </button>
        <span className="fine">Score {score.toFixed(2)}</span>
      </header>
      <Excerpt text={text} queries={queries} maxUnits={EXCERPT_UNITS} />
      {Object.keys(attributes).length > 0 && <Attributes attributes={attributes} />}
    </li>
  )
}
