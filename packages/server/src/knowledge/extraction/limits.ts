import type { OcrOptions } from '@waybill/extract/message.ts'

/** Limits of reading one file. */
export interface ExtractionLimits {
  /** Largest file of a format that needs a process, which holds all of it in memory. */
  readonly maxInputBytes: number
  /** Largest text in UTF-8, and the largest file of plain text. */
  readonly maxTextBytes: number
  /** Resident memory of a process, on Linux; elsewhere its heap. */
  readonly maxMemoryBytes: number
  /** CPU time of a process, in whole seconds. A limit by the clock alone would fail good files on a busy machine. */
  readonly maxCpuMs: number
  /** Time from the last byte of the file to the end of its text. */
  readonly maxReadMs: number
}

const MIB = 1024 * 1024

export const DEFAULT_LIMITS: ExtractionLimits = {
  maxInputBytes: 128 * MIB,
  maxTextBytes: 64 * MIB,
  maxMemoryBytes: 512 * MIB,
  maxCpuMs: 15_000,
  maxReadMs: 60_000,
}

/** CPU time of OCR for one page. A dense page needs 3 to 4 seconds. */
const OCR_CPU_MS_PER_PAGE = 6_000
const OCR_READ_MS_PER_PAGE = 12_000

/** Returns the limits of a file in which text may be recognized: the time of as many pages as are allowed is added. */
export function withOcr(limits: ExtractionLimits, { maxPages }: OcrOptions): ExtractionLimits {
  return {
    ...limits,
    maxCpuMs: limits.maxCpuMs + maxPages * OCR_CPU_MS_PER_PAGE,
    maxReadMs: limits.maxReadMs + maxPages * OCR_READ_MS_PER_PAGE,
  }
}
