import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { MissingRecognizer } from './missing-recognizer.ts'
import { modelPackage, OCR_ENGINE } from './packages.ts'

/** Grey image with one byte per pixel, row by row. */
export interface GreyImage {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Recognition of text in images. */
export interface Recognizer {
  /** Returns the lines of an image, with blank lines between paragraphs; empty when there is no text. */
  recognize(image: GreyImage): string
}

/** The engine as far as it is used. It has the API of Tesseract and the file system of Emscripten. */
interface Engine {
  readonly FS: { writeFile(path: string, bytes: Uint8Array): void }
  readonly TessBaseAPI: new () => EngineApi
}

interface EngineApi {
  /** Returns 0 unless it fails. The folder null is the current one of the file system. */
  Init(folder: null, languages: string, mode: number): number
  /** Reads `/input`, turned as its EXIF orientation and the angle say; returns 1 when it fails. */
  SetImageFile(orientation: number, angle: number): number
  Recognize(monitor: null): number
  GetUTF8Text(): string
  /** Returns 0 to 100. */
  MeanTextConf(): number
}

const LSTM_ONLY = 1
const UPRIGHT = 1
/** Text that is printed has about 90, and patterns in pictures that look like letters below 40. */
const MIN_CONFIDENCE = 50

const require = createRequire(import.meta.url)

/**
 * Loads the engine and the models of the languages, about 100 MB of memory. The engine runs in this thread, without
 * files of the system and without a network. Throws `MissingRecognizer`.
 */
export async function openRecognizer(languages: readonly string[]): Promise<Recognizer> {
  const [engine, api] = await startEngine(languages).catch((cause: unknown) => {
    throw new MissingRecognizer('OCR cannot be loaded', { cause })
  })
  return {
    recognize({ width, height, data }) {
      // Portable GrayMap, a format without compression that the engine reads.
      engine.FS.writeFile('/input', Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]))
      if (api.SetImageFile(UPRIGHT, 0) !== 0 || api.Recognize(null) !== 0)
        throw new Error('Tesseract did not read an image')
      const text = api.GetUTF8Text()
      return api.MeanTextConf() < MIN_CONFIDENCE ? '' : text
    },
  }
}

async function startEngine(languages: readonly string[]): Promise<readonly [Engine, EngineApi]> {
  const start: (options: object) => Promise<Engine> = require(`${OCR_ENGINE}/tesseract-core-simd-lstm`)
  // Standard output belongs to the messages of the reader.
  const engine = await start({ print() {}, printErr() {} })
  for (const language of languages) engine.FS.writeFile(`${language}.traineddata`, await readModel(language))
  const api = new engine.TessBaseAPI()
  if (api.Init(null, languages.join('+'), LSTM_ONLY) !== 0) throw new Error('Tesseract did not start')
  return [engine, api]
}

async function readModel(language: string): Promise<Uint8Array> {
  const path = require.resolve(`${modelPackage(language)}/4.0.0_best_int/${language}.traineddata.gz`)
  return promisify(gunzip)(await readFile(path))
}
