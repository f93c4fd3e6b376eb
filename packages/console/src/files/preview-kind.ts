export type PreviewKind = 'image' | 'audio' | 'video' | 'text' | 'pdf'

const TEXTS =
  /^(text\/|application\/(json|xml|yaml|x-yaml|toml|javascript|x-sh|sql|x-ndjson)\b|[^;]*\+(json|xml|yaml)\b)/

/** How a file of this type is shown, or null where it is not. */
export function previewKindOf(mimeType: string): PreviewKind | null {
  if (mimeType === 'application/pdf') return 'pdf'
  const kind = /^(image|audio|video)\//.exec(mimeType)?.[1] as PreviewKind | undefined
  return kind ?? (TEXTS.test(mimeType) ? 'text' : null)
}
