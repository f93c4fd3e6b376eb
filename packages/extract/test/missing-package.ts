import { createRequire } from 'node:module'
import { modelPackage, OCR_ENGINE } from '../src/ocr/packages.ts'

/** Returns the reason to skip where OCR is not installed, else false. */
export function missingPackage(): string | false {
  const { resolve } = createRequire(import.meta.url)
  try {
    for (const name of [OCR_ENGINE, modelPackage('eng')]) resolve(name)
    return false
  } catch {
    return `${OCR_ENGINE} or ${modelPackage('eng')} is not installed`
  }
}
