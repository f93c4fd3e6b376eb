import type { SearchResult } from '@waybill/sdk'
import { useCallback, useMemo } from 'react'
import { downloadFiles } from '../files/download-files.ts'
import { FilePreview } from '../files/file-preview.tsx'
import { previewKindOf } from '../files/preview-kind.ts'
import type { Passage } from '../files/preview-props.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { toast } from '../parts/toasts.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { highlight } from './highlight.ts'
import { MarkedWords } from './marked-words.tsx'

/** Passage of a file, with its place. */
export type DocumentPassage = Pick<
  SearchResult,
  'file_id' | 'filename' | 'page' | 'text' | 'start_offset' | 'end_offset'
>

export interface DocumentDialogProps {
  readonly passage: DocumentPassage
  readonly queries: readonly string[]
  onClose(): void
}

/** Shows a passage in its document: on its page of a PDF, or at its place in a text. */
export function DocumentDialog({ passage: found, queries, onClose }: DocumentDialogProps) {
  const { client } = useWorkspace()
  const { file_id, filename, page } = found
  const load = useCallback(
    (signal: AbortSignal) => client().files.get(file_id, { signal }),
    [client, file_id],
  )
  const { value: file, error, reload } = useLoaded(load)
  const passage = useMemo(() => passageOf(found), [found])
  const download = () => downloadFiles(client(), [file_id]).catch((failure: Error) => toast(failure.message))
  return (
    <Dialog title={formatName(filename)} isWide onClose={onClose}>
      <div className="dialog-body">
        <blockquote className="passage" dir="auto">
          <MarkedWords segments={highlight(found.text.trim(), queries)} />
        </blockquote>
        {error && <ErrorNotice error={error} onRetry={reload} />}
        {file && previewKindOf(file.mime_type) === null && (
          <p className="quiet">
            The console has no preview for this type of file.
            {page !== null && ` The passage is on page ${page}.`}
          </p>
        )}
        {file && <FilePreview file={file} passage={passage} />}
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button" onClick={download}>
          <Icon name="download" /> Download
        </button>
      </footer>
    </Dialog>
  )
}

const passageOf = ({ text, page, start_offset, end_offset }: DocumentPassage): Passage => ({
  text,
  page,
  startOffset: start_offset,
  endOffset: end_offset,
})
