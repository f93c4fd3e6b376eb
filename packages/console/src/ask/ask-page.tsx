import { NotFoundError, PermissionError, type VectorStore } from '@waybill/sdk'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Icon } from '../parts/icon.tsx'
import { useStore } from '../parts/store.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { PlaceLink } from '../shell/place-link.tsx'
import { placeOfPage, placeOfStore, usePlace } from '../shell/router.ts'
import { NoPermission } from '../stores/no-permission.tsx'
import { NoStore } from '../stores/no-store.tsx'
import { storeName } from '../stores/store-name.ts'
import { StoresPage } from '../stores/stores-page.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { isRunning } from './answer.ts'
import { createConversation, type Turn } from './conversation.ts'
import { ModelChoice } from './model-choice.tsx'
import { NoModel } from './no-model.tsx'
import { focusQuestion, QuestionForm } from './question-form.tsx'
import { TurnView } from './turn-view.tsx'
import './ask.css'

export function AskPage() {
  const { storeId } = usePlace()
  return storeId === null ? <StoresPage /> : <AskStore key={storeId} storeId={storeId} />
}

/** Questions over the files of a vector store. */
function AskStore({ storeId }: { readonly storeId: string }) {
  const { client } = useWorkspace()
  const loadStore = useCallback(
    (signal: AbortSignal) => client().vectorStores.get(storeId, { signal }),
    [client, storeId],
  )
  const loadModels = useCallback((signal: AbortSignal) => client().models.list({ signal }), [client])
  const { value: store, error, reload } = useLoaded(loadStore)
  const { value: models, error: modelsError } = useLoaded(loadModels)
  if (error instanceof PermissionError) return <NoPermission />
  if (error instanceof NotFoundError) return <NoStore />
  if (modelsError instanceof PermissionError) return <NoPermission need="models:use" />
  const names = (models ?? []).map(({ id }) => id)
  return (
    <div className="page ask">
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {store === null && !error && <p className="quiet">Loading…</p>}
      {store !== null && models?.length === 0 && (
        <>
          <AskHead store={store} />
          <NoModel />
        </>
      )}
      {/* Some model servers list no models: without a list, the operator's default answers. */}
      {store !== null && models?.length !== 0 && <Questions store={store} models={names} />}
    </div>
  )
}

interface AskHeadProps {
  readonly store: VectorStore
  readonly children?: React.ReactNode
}

function AskHead({ store, children }: AskHeadProps) {
  return (
    <header className="page-head">
      <div className="store-title">
        <nav className="fine breakable" aria-label="Breadcrumb">
          <PlaceLink place={placeOfPage('stores')}>Vector stores</PlaceLink> /{' '}
          <PlaceLink place={placeOfStore(store.id)}>{storeName(store)}</PlaceLink>
        </nav>
        <h1>Ask</h1>
      </div>
      <div className="page-actions">{children}</div>
    </header>
  )
}

interface QuestionsProps {
  readonly store: VectorStore
  readonly models: readonly string[]
}

function Questions({ store, models }: QuestionsProps) {
  const { client } = useWorkspace()
  const conversation = useMemo(() => createConversation(client, store.id), [client, store.id])
  useEffect(() => conversation.stop, [conversation])
  const turns = useStore(conversation.turns)
  const [chosen, setChosen] = useState<string | null>(null)
  const model = models.length === 1 ? (models[0] ?? null) : chosen
  const last = turns.at(-1)
  return (
    <>
      <AskHead store={store}>
        {models.length > 1 && <ModelChoice models={models} chosen={chosen} onChange={setChosen} />}
        {turns.length > 0 && (
          <button
            type="button"
            className="button"
            onClick={() => {
              conversation.clear()
              focusQuestion()
            }}
          >
            <Icon name="plus" /> New conversation
          </button>
        )}
      </AskHead>
      {turns.length === 0 && <Introduction store={store} />}
      <ol className="turns" aria-label="Conversation">
        {turns.map((turn) => (
          <TurnView
            key={turn.id}
            turn={turn}
            onRetry={turn === last ? () => conversation.askAgain(model) : null}
          />
        ))}
      </ol>
      <p className="off-screen" role="status">
        {last === undefined ? '' : announcementOf(last)}
      </p>
      <QuestionForm
        isRunning={last !== undefined && isRunning(last.answer)}
        onAsk={(question) => conversation.ask(question, model)}
        onStop={conversation.stop}
      />
    </>
  )
}

function Introduction({ store: { is_active, file_counts } }: Pick<QuestionsProps, 'store'>) {
  if (!is_active || file_counts.completed === 0)
    return <p className="quiet">This store has no text to answer from: add files to it first.</p>
  return <p className="quiet">A model answers from the files of this store, and names its sources.</p>
}

/** Returns what screen readers say at the end of an answer. Words that arrive are not announced, nor errors twice. */
function announcementOf({ answer: { state } }: Turn): string {
  if (state === 'complete') return 'The answer is complete.'
  if (state === 'incomplete') return 'The answer is cut off.'
  return state === 'stopped' ? 'The answer is stopped.' : ''
}
