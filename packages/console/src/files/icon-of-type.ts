import type { IconName } from '../parts/icon.tsx'
import { previewKindOf } from './preview-kind.ts'

export function iconOfType(mimeType: string): IconName {
  if (/zip|tar|compressed|gzip|7z|rar/.test(mimeType)) return 'archive'
  return previewKindOf(mimeType) ?? 'file'
}
