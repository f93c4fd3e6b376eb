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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users need the focus to scroll it */}
      <pre className="code" tabIndex={0} role="group" aria-label="Text">
        {text ?? ' '}
      </pre>
      {isCut && <p className="fine">Only the first {formatBytes(MAX_BYTES)} are shown.</p>}
    </>
  )
}

async function firstText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { headers: { Range: `bytes=0-${MAX_BYTES - 1}` }, signal })
  if (!response.ok) throw new Error('The text cannot be loaded.')
  return new TextDecoder().decode(await response.arrayBuffer())
}
