/** Escapes any text so that Markdown shows it unchanged, also in a cell of a table. */
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

/** Returns a Markdown table; the cells are Markdown. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'))
  return [columns.map(({ heading }) => heading), rule, ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
