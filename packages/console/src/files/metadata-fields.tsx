import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { Icon } from '../parts/icon.tsx'
import { IconButton } from '../parts/icon-button.tsx'

interface Pair {
  readonly id: number
  readonly key: string
  readonly text: string
}

const MAX_PAIRS = 16

/** Fields for the pairs that are stored with a file. */
export function MetadataFields({ metadata }: { readonly metadata: Readonly<Record<string, string>> }) {
  const [pairs, setPairs] = useState<readonly Pair[]>(() =>
    Object.entries(metadata).map(([key, text], id) => ({ id, key, text })),
  )
  const fieldset = useRef<HTMLFieldSetElement>(null)
  // Rendered at once, because only an element of the page can get the focus.
  const show = (next: readonly Pair[]) => flushSync(() => setPairs(next))
  const focusNth = (selector: string, index: number) =>
    fieldset.current?.querySelectorAll<HTMLElement>(selector)[index]?.focus()
  const add = () => {
    show([...pairs, { id: (pairs.at(-1)?.id ?? 0) + 1, key: '', text: '' }])
    focusNth('[name="key"]', pairs.length)
  }
  const remove = (index: number) => {
    show(pairs.toSpliced(index, 1))
    // The removed pair may have had the same key as another one.
    refuseSameKeys(fieldset.current)
    // The next pair's button, or that which adds one.
    focusNth('button', index)
  }
  return (
    <fieldset ref={fieldset} className="metadata" onInput={() => refuseSameKeys(fieldset.current)}>
      <legend>Metadata</legend>
      {pairs.map(({ id, key, text }, index) => (
        <div key={id} className="metadata-pair">
          <input
            name="key"
            aria-label={`Key ${index + 1}`}
            placeholder="Key"
            defaultValue={key}
            maxLength={64}
            required
          />
          <input
            name="value"
            aria-label={`Value ${index + 1}`}
            placeholder="Value"
            defaultValue={text}
            maxLength={512}
          />
          <IconButton icon="close" label={`Remove pair ${index + 1}`} onClick={() => remove(index)} />
        </div>
      ))}
      {pairs.length < MAX_PAIRS && (
        <button type="button" className="button" onClick={add}>
          <Icon name="plus" /> Add a pair
        </button>
      )}
    </fieldset>
  )
}

/** Makes the form refuse a key that an earlier pair has: the file could keep only one of them. */
function refuseSameKeys(fields: HTMLFieldSetElement | null): void {
  const keys = new Set<string>()
  for (const field of fields?.querySelectorAll<HTMLInputElement>('input[name="key"]') ?? []) {
    const isTaken = field.value !== '' && keys.has(field.value)
    field.setCustomValidity(isTaken ? 'Another pair has this key.' : '')
    keys.add(field.value)
  }
}
