/** Package with the engine of Tesseract as WebAssembly. */
export const OCR_ENGINE = 'tesseract.js-core'

/** Returns the package with the model of a language. */
export function modelPackage(language: string): string {
  return `@tesseract.js-data/${language}`
}
