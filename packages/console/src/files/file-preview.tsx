import type { WaybillFile } from '@waybill/sdk'
import { type ReactNode, useCallback, useState } from 'react'
import { ErrorBoundary } from '../parts/error-boundary.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatName } from '../parts/format.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { loadedLater, type NotLoadedProps } from '../shell/loaded-later.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { downloadUrl } from './download-files.ts'
import { type PreviewKind, previewKindOf } from './preview-kind.ts'
import type { Passage, PreviewProps } from './preview-props.ts'
import { TextPreview } from './text-preview.tsx'

/** Loaded with the first PDF, because it is large and rarely used. */
const PdfPreview = loadedLater(
  async () => (await import('./pdf-preview.tsx')).PdfPreview,
  <p className="quiet">Loading…</p>,
  PdfNotLoaded,
)

/**
 * Previews by kind. None of them executes content of the file: an image element runs no scripts, text is shown as
 * text, and a PDF is rendered without its scripts.
 */
const PREVIEWS: Readonly<Record<PreviewKind, (props: PreviewProps) => ReactNode>> = {
  image: ImagePreview,
  audio: (props) => <MediaPreview {...props} kind="audio" />,
  video: (props) => <MediaPreview {...props} kind="video" />,
  text: TextPreview,
  pdf: (props) => <PdfPreview {...props} />,
}

export interface FilePreviewProps {
  readonly file: WaybillFile
  readonly passage?: Passage | null
}

export function FilePreview({ file, passage = null }: FilePreviewProps) {
  const { client } = useWorkspace()
  const kind = previewKindOf(file.mime_type)
  const load = useCallback(
    async (signal: AbortSignal) => (kind === null ? null : downloadUrl(client(), file.id, signal)),
    [client, file.id, kind],
  )
  const { value: url, error, reload } = useLoaded(load)
  if (kind === null) return null
  const Preview = PREVIEWS[kind]
  return (
    <section className={`preview ${kind}`} aria-label="Preview">
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {url && (
        <ErrorBoundary message="The preview cannot be shown.">
          <Preview file={file} url={url} passage={passage} />
        </ErrorBoundary>
      )}
    </section>
  )
}

function PdfNotLoaded({ onRetry }: NotLoadedProps) {
  return <ErrorNotice error={new Error('The preview of PDF files cannot be loaded.')} onRetry={onRetry} />
}

function ImagePreview({ file, url }: PreviewProps) {
  const [isBroken, setBroken] = useState(false)
  if (isBroken) return <p className="quiet">This browser cannot show this image.</p>
  return <img src={url} alt={formatName(file.original_filename)} onError={() => setBroken(true)} />
}

/** Loads only the metadata until the user starts playback. */
function MediaPreview({ file, url, kind: Media }: PreviewProps & { readonly kind: 'audio' | 'video' }) {
  const [isBroken, setBroken] = useState(false)
  if (isBroken) return <p className="quiet">This browser cannot play this file.</p>
  return (
    <Media
      controls
      preload="metadata"
      src={url}
      aria-label={formatName(file.original_filename)}
      onError={() => setBroken(true)}
    />
  )
}
