import { useState } from 'react'
import { copyText } from './copy-text.ts'
import { Icon } from './icon.tsx'

const SHOWN_MS = 1600

export interface CopyButtonProps {
  /** Accessible label, such as `Copy file id`. */
  readonly label: string
  readonly text: string
  /** True: show the label next to the icon. */
  readonly isLabelled?: boolean
}

export function CopyButton({ label, text, isLabelled = false }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    if (!(await copyText(text))) return
    setCopied(true)
    setTimeout(() => setCopied(false), SHOWN_MS)
  }
  const shownLabel = isCopied ? 'Copied' : label
  return (
    <button
      type="button"
      className={isLabelled ? 'button' : 'button bare'}
      aria-label={shownLabel}
      title={shownLabel}
      onClick={copy}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
      {isLabelled && <span>{shownLabel}</span>}
    </button>
  )
}
