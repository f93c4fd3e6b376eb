import { useCallback } from 'react'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatBytes } from '../parts/format.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { locatePassage, type Span } from './locate-passage.ts'
import type { Passage, PreviewProps } from './preview-props.ts'

const MAX_BYTES = 64 * 1024
/** Part of a file that is searched for a passage. */
const MAX_SEARCHED_BYTES = 4 * 1024 * 1024
/** Longest UTF-8 form of a UTF-16 unit. */
const BYTES_PER_UNIT = 3
/** Text that is shown around a passage, in UTF-16 units on each side. */
const CONTEXT_UNITS = 16 * 1024

export function TextPreview({ file, url, passage }: PreviewProps) {
  const load = useCallback(
    (signal: AbortSignal) => firstText(url, bytesToLoad(passage), signal),
    [url, passage],
  )
  const { value: text, error, reload } = useLoaded(load)
  if (error) return <ErrorNotice error={error} onRetry={reload} />
  const span =
    text === null || passage === null ? null : locatePassage(text, passage.text, passage.startOffset)
  if (text !== null && span !== null) return <MarkedText text={text} span={span} />
  const isCut = file.file_size > MAX_BYTES
  return (
    <>
      {text !== null && passage !== null && (
        <p className="fine">The place of the passage in this file is not known.</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users need the focus to scroll it */}
      <pre className="code" tabIndex={0} role="group" aria-label="Text">
        {text?.slice(0, MAX_BYTES) ?? ' '}
      </pre>
      {isCut && <p className="fine">Only the first {formatBytes(MAX_BYTES)} are shown.</p>}
    </>
  )
}

/** Text with a marked passage, which it is scrolled to. */
function MarkedText({ text, span: { start, end } }: { readonly text: string; readonly span: Span }) {
  const from = Math.max(0, start - CONTEXT_UNITS)
  const to = Math.min(text.length, end + CONTEXT_UNITS)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users need the focus to scroll it */}
      <pre className="code" tabIndex={0} role="group" aria-label="Text">
        {text.slice(from, start)}
        <mark ref={(element) => element?.scrollIntoView({ block: 'center' })}>{text.slice(start, end)}</mark>
        {text.slice(end, to)}
      </pre>
      {(from > 0 || to < text.length) && <p className="fine">Only the text around the passage is shown.</p>}
    </>
  )
}

/** Bytes that surely contain the passage if the extracted text is that of the file. */
function bytesToLoad(passage: Passage | null): number {
  if (passage === null) return MAX_BYTES
  const needed = (passage.endOffset + CONTEXT_UNITS) * BYTES_PER_UNIT
  return Math.max(MAX_BYTES, Math.min(needed, MAX_SEARCHED_BYTES))
}

async function firstText(url: string, bytes: number, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { headers: { Range: `bytes=0-${bytes - 1}` }, signal })
  if (!response.ok) throw new Error('The text cannot be loaded.')
  return new TextDecoder().decode(await response.arrayBuffer())
}
