import { createRequire } from 'node:module'
import type { OcrOptions } from '../knowledge/text-extractor.ts'
import { ConfigError } from '../settings.ts'
import { loadOptional } from './load-optional.ts'

const OCR_ENGINE = 'tesseract.js-core'
/** Scope of the packages with one model each. */
const MODELS = '@tesseract.js-data'

/**
 * Checks that the engine of OCR and the models of its languages are installed. They are loaded only by the processes that
 * read files. Throws a message for the operator.
 */
export async function checkOcr({ languages }: Pick<OcrOptions, 'languages'>): Promise<void> {
  const { resolve } = createRequire(import.meta.url)
  await loadOptional('OCR', OCR_ENGINE, async () => resolve(OCR_ENGINE))
  const missing = languages
    .map((language) => `${MODELS}/${language}`)
    .filter((name) => !canResolve(resolve, name))
  if (missing.length === 0) return
  throw new ConfigError(
    `OCR_LANGUAGES needs packages that are not installed: run "npm install ${missing.join(' ')}" where waybill is installed`,
  )
}

function canResolve(resolve: NodeJS.RequireResolve, name: string): boolean {
  try {
    resolve(name)
    return true
  } catch {
    return false
  }
}
