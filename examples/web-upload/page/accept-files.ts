/** Calls `onFiles` with the files that the user chooses in the input, or drops on the page. */
export function acceptFiles(input: HTMLInputElement, onFiles: (files: readonly File[]) => void): void {
  const { classList } = document.body
  input.addEventListener('change', () => {
    onFiles(Array.from(input.files ?? []))
    // The same file can be chosen again.
    input.value = ''
  })
  document.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    classList.add('is-dropping')
  })
  document.addEventListener('dragleave', (event) => {
    // There is no related target when the pointer leaves the window, and one when it passes to another element.
    if (event.relatedTarget === null) classList.remove('is-dropping')
  })
  document.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    classList.remove('is-dropping')
    onFiles(Array.from(event.dataTransfer.files))
  })
}
