const SHOWN_MS = 2000

/** Gives each piece of code a button that copies it. */
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

/** A page that came over plain HTTP has no clipboard: there the code is selected, for the person to copy. */
async function copyText(code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent)
    return true
  } catch {
    getSelection()?.selectAllChildren(code)
    return document.execCommand('copy')
  }
}
