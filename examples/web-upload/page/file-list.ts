import { fetchJson } from './fetch-json.ts'
import { formatBytes } from './format-bytes.ts'

interface ListedFile {
  readonly id: string
  readonly name: string
  readonly size: number
}

/** Shows the uploaded files in the element. `refresh` loads them again. */
export function createFileList(list: HTMLElement) {
  const itemOf = ({ id, name, size }: ListedFile) => {
    const item = document.createElement('li')
    const link = document.createElement('a')
    link.href = `/files/${encodeURIComponent(id)}`
    link.textContent = name
    item.append(link, ` (${formatBytes(size)})`)
    return item
  }
  const refresh = async () => {
    const files = await fetchJson<readonly ListedFile[]>('/files')
    list.replaceChildren(...files.map(itemOf))
  }
  return { refresh }
}
