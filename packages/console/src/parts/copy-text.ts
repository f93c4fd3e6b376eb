/** Copies to the clipboard; returns false on failure. Pages over plain HTTP have no `navigator.clipboard`. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'off-screen'
  // While a dialog is open, only elements inside it can get the focus.
  const parent = document.querySelector('dialog[open]') ?? document.body
  const focused = document.activeElement as HTMLElement | null
  parent.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  focused?.focus()
  return isCopied
}
