import { type FileCitation, ValidationError } from '@waybill/sdk'
import { useEffect, useMemo, useRef, useState } from 'react'
import { CopyButton } from '../parts/copy-button.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatName } from '../parts/format.ts'
import { DocumentDialog } from '../stores/document-dialog.tsx'
import { Excerpt } from '../stores/excerpt.tsx'
import { type Answer, isRunning } from './answer.ts'
import { type CitedText, citedText } from './cited-text.ts'
import type { Turn } from './conversation.ts'

/** Part of a passage that a source shows, in UTF-16 units. */
const EXCERPT_UNITS = 200

export interface TurnViewProps {
  readonly turn: Turn
  /** Asks the question again; null when others followed. */
  readonly onRetry: (() => void) | null
}

/** A question and its answer, whose citations open the document at the place. */
export function TurnView({ turn: { question, answer }, onRetry }: TurnViewProps) {
  const item = useRef<HTMLLIElement>(null)
  useEffect(() => {
    item.current?.scrollIntoView()
  }, [])
  const [opened, setOpened] = useState<FileCitation | null>(null)
  const { text, citations, state, error } = answer
  const cited = useMemo(() => citedText(text, citations), [text, citations])
  return (
    <li ref={item} className="turn">
      <h2 className="question" dir="auto">
        {question}
      </h2>
      <div className="answer" aria-busy={isRunning(answer)}>
        <Progress answer={answer} />
        {text !== '' && <AnswerText cited={cited} onOpen={setOpened} />}
        {state === 'incomplete' && <p className="quiet">The model stopped here: it reached a limit.</p>}
        {state === 'stopped' && (
          <p className="quiet">Stopped. The question is not part of the conversation.</p>
        )}
        {error && <ErrorNotice error={readable(error)} {...(onRetry && { onRetry })} />}
        {cited.sources.length > 0 && <Sources sources={cited.sources} answer={answer} onOpen={setOpened} />}
        {state === 'complete' && <CopyButton label="Copy the answer" text={text} />}
      </div>
      {opened && (
        <DocumentDialog
          passage={{ ...opened, text: passageOf(answer, opened) }}
          queries={answer.queries}
          onClose={() => setOpened(null)}
        />
      )}
    </li>
  )
}

function Progress({ answer: { state, text } }: { readonly answer: Answer }) {
  if (state === 'searching') return <p className="quiet">Searching the files…</p>
  if (state === 'waiting' && text === '') return <p className="quiet">Waiting for the model…</p>
  return null
}

/** Returns an error that tells users what they can do. */
function readable(error: Error): Error {
  if (error instanceof ValidationError && error.details.field === 'model')
    return new Error('The operator has set no default model. Choose a model above.')
  return error
}

interface AnswerTextProps {
  readonly cited: CitedText
  onOpen(source: FileCitation): void
}

function AnswerText({ cited: { parts, sources }, onOpen }: AnswerTextProps) {
  return (
    <p className="answer-text" dir="auto">
      {parts.map(({ text, start, sources: numbers }) => (
        <span key={start}>
          {text}
          {numbers.map((number) => {
            const source = sources[number - 1]
            if (source === undefined) return null
            return (
              <button
                key={number}
                type="button"
                className="cite"
                aria-label={`Source ${number}: ${placeText(source)}`}
                title={placeText(source)}
                onClick={() => onOpen(source)}
              >
                {number}
              </button>
            )
          })}
        </span>
      ))}
    </p>
  )
}

interface SourcesProps {
  readonly sources: readonly FileCitation[]
  readonly answer: Answer
  onOpen(source: FileCitation): void
}

function Sources({ sources, answer, onOpen }: SourcesProps) {
  return (
    <ol className="sources" aria-label="Sources">
      {sources.map((source) => (
        <li key={source.chunk_id}>
          <button type="button" className="result-open" onClick={() => onOpen(source)}>
            <bdi>{placeText(source)}</bdi>
          </button>
          <div className="fine">
            <Excerpt text={passageOf(answer, source)} queries={answer.queries} maxUnits={EXCERPT_UNITS} />
          </div>
        </li>
      ))}
    </ol>
  )
}

/** Returns the text of a passage, or its beginning when an earlier answer found it. */
const passageOf = ({ passages }: Answer, { chunk_id, quote }: FileCitation): string =>
  passages.get(chunk_id) ?? quote

const placeText = ({ filename, page }: FileCitation): string =>
  page === null ? formatName(filename) : `${formatName(filename)}, page ${page}`
