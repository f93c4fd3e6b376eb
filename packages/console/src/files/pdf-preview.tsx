import type { PDFDocumentProxy } from 'pdfjs-dist'
import { AnnotationMode, GlobalWorkerOptions, getDocument } from 'pdfjs-dist'
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import type { PreviewProps } from './preview-props.ts'

GlobalWorkerOptions.workerSrc = workerUrl

/** Size of the range requests. Only the parts of the file that the shown page needs are loaded. */
const PIECE_BYTES = 256 * 1024

/**
 * Renders a page of a PDF as an image. The browser's own viewer would run scripts in the PDF. Here neither scripts nor
 * links work.
 */
export function PdfPreview({ file, url, passage }: PreviewProps) {
  const load = useCallback(
    async (signal: AbortSignal) => {
      const loading = getDocument({
        url,
        rangeChunkSize: PIECE_BYTES,
        disableAutoFetch: true,
        disableStream: true,
        enableXfa: false,
        useWasm: false,
      })
      signal.addEventListener('abort', () => void loading.destroy())
      return loading.promise.catch((cause) => {
        throw new Error('This PDF cannot be shown.', { cause })
      })
    },
    [url],
  )
  const { value: pdf, error } = useLoaded(load)
  const [chosen, setChosen] = useState(passage?.page ?? 1)
  if (error) return <ErrorNotice error={error} />
  if (pdf === null) return <p className="quiet">Loading…</p>
  const number = Math.min(chosen, pdf.numPages)
  return (
    <>
      <PdfPage pdf={pdf} number={number} name={formatName(file.original_filename)} />
      {pdf.numPages > 1 && <Pager number={number} count={pdf.numPages} onChange={setChosen} />}
    </>
  )
}

interface PdfPageProps {
  readonly pdf: PDFDocumentProxy
  readonly number: number
  readonly name: string
}

function PdfPage({ pdf, number, name }: PdfPageProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [error, setError] = useState<Error | null>(null)
  useEffect(() => {
    let isOver = false
    let stop = () => {}
    const draw = async () => {
      const page = await pdf.getPage(number)
      const target = canvas.current
      if (isOver || target === null) return
      const width = (target.parentElement?.clientWidth ?? 320) * window.devicePixelRatio
      const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width })
      target.width = viewport.width
      target.height = viewport.height
      const task = page.render({ canvas: target, viewport, annotationMode: AnnotationMode.DISABLE })
      stop = () => task.cancel()
      await task.promise
    }
    draw().catch((failure: Error) => {
      if (!isOver) setError(failure)
    })
    return () => {
      isOver = true
      stop()
    }
  }, [pdf, number])
  if (error) return <ErrorNotice error={error} />
  return <canvas ref={canvas} role="img" aria-label={`Page ${number} of ${name}`} />
}

interface PagerProps {
  readonly number: number
  readonly count: number
  onChange(number: number): void
}

function Pager({ number, count, onChange }: PagerProps) {
  return (
    <div className="pager">
      <button
        type="button"
        className="button bare turned"
        aria-label="Previous page"
        disabled={number === 1}
        onClick={() => onChange(number - 1)}
      >
        <Icon name="chevron" />
      </button>
      <span role="status">
        Page {number} of {count}
      </span>
      <button
        type="button"
        className="button bare turned next"
        aria-label="Next page"
        disabled={number === count}
        onClick={() => onChange(number + 1)}
      >
        <Icon name="chevron" />
      </button>
    </div>
  )
}
