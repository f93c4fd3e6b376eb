const SHOWN_MS = 2000

/** Adds a copy button to each code block. */
export function addCopyButtons(): void {
  for (const figure of document.querySelectorAll('figure')) {
    const code = figure.querySelector('pre')
    if (!code) continue
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.setAttribute('aria-label', `Copy: ${code.getAttribute('aria-label')}`)
    button.addEventListener('click', () => copy(code, button))
    figure.insertBefore(button, code)
  }
}

async function copy(code: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const isCopied = await copyText(code)
  button.textContent = isCopied ? 'Copied' : 'Press Ctrl+C'
  setTimeout(() => {
    button.textContent = 'Copy'
  }, SHOWN_MS)
}

/**
 * Copies the code. Pages over plain HTTP have no clipboard API: there the code is selected too, so that the user can
 * copy it.
 */
async function copyText(code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent)
    return true
  } catch {
    getSelection()?.selectAllChildren(code)
    return document.execCommand('copy')
  }
}
