import { useCallback } from 'react'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatBytes } from '../parts/format.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import type { PreviewProps } from './preview-props.ts'

const MAX_BYTES = 64 * 1024

export function TextPreview({ file, url }: PreviewProps) {
  const load = useCallback((signal: AbortSignal) => firstText(url, signal), [url])
  const { value: text, error, reload } = useLoaded(load)
  const isCut = file.file_size > MAX_BYTES
  if (error) return <ErrorNotice error={error} onRetry={reload} />
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has only a keyboard scrolls it so */}
      <pre className="code" tabIndex={0} role="group" aria-label="Text">
        {text ?? ' '}
      </pre>
      {isCut && <p className="fine">The first {formatBytes(MAX_BYTES)}.</p>}
    </>
  )
}

async function firstText(url: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(url, { headers: { Range: `bytes=0-${MAX_BYTES - 1}` }, signal })
  if (!answer.ok) throw new Error('The text cannot be read now.')
  return new TextDecoder().decode(await answer.arrayBuffer())
}
