/** Text that may hold anything as Markdown that shows it as it is, in a cell of a table too. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_~[\]|]/g, '\\$&')
    .replace(/\s+/g, ' ')
}

export interface Column {
  readonly heading: string
  readonly align: 'left' | 'right'
}

/** A Markdown table of cells that are Markdown already. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'))
  return [columns.map(({ heading }) => heading), rule, ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
