export type PreviewKind = 'image' | 'audio' | 'video' | 'text' | 'pdf'

const TEXTS =
  /^(text\/|application\/(json|xml|yaml|x-yaml|toml|javascript|x-sh|sql|x-ndjson)\b|[^;]*\+(json|xml|yaml)\b)/i

/** Returns the preview for a content type, or null when there is none. */
export function previewKindOf(mimeType: string): PreviewKind | null {
  if (/^application\/pdf\b/i.test(mimeType)) return 'pdf'
  const kind = /^(image|audio|video)\//i.exec(mimeType)?.[1]?.toLowerCase() as PreviewKind | undefined
  return kind ?? (TEXTS.test(mimeType) ? 'text' : null)
}
