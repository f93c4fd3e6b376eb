/** HTML source text. */
export interface Html {
  readonly html: string
}

type Part = Html | string | number | null | false | readonly Part[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Template tag for HTML. Escapes all interpolated values except `Html`. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const texts = literals.flatMap((literal, index) => [literal, htmlOf(parts[index] ?? null)])
  return { html: texts.join('') }
}

function htmlOf(part: Part): string {
  if (part === null || part === false) return ''
  if (typeof part === 'string' || typeof part === 'number') {
    return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
  }
  return 'html' in part ? part.html : part.map(htmlOf).join('')
}
