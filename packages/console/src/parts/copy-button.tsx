import { useState } from 'react'
import { copyText } from './copy-text.ts'
import { Icon } from './icon.tsx'

const SHOWN_MS = 1600

export interface CopyButtonProps {
  /** What is copied, in words: `Copy file id`. */
  readonly label: string
  readonly text: string
  /** Whether the label is written beside the picture. */
  readonly isLabelled?: boolean
}

export function CopyButton({ label, text, isLabelled = false }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    if (!(await copyText(text))) return
    setCopied(true)
    setTimeout(() => setCopied(false), SHOWN_MS)
  }
  const said = isCopied ? 'Copied' : label
  return (
    <button
      type="button"
      className={isLabelled ? 'button' : 'button bare'}
      aria-label={said}
      title={said}
      onClick={copy}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
      {isLabelled && <span>{said}</span>}
    </button>
  )
}
