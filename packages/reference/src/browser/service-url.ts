const WRITTEN_URL = 'http://127.0.0.1:8080'

/** Has the examples’ variables name the service that this page comes from. */
export function showServiceUrl(): void {
  const url = new URL('.', location.href).href.replace(/\/$/, '')
  for (const node of document.querySelector('#begin pre > code')?.childNodes ?? []) {
    if (node instanceof Text) node.data = node.data.replace(WRITTEN_URL, () => url)
  }
}
