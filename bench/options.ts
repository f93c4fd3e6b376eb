const MIB = 1024 ** 2

/** Sizes and counts of the benchmarks. */
export interface Options {
  readonly rounds: number
  readonly putBytes: number
  readonly joinedParts: number
  readonly largeBytes: number
  readonly manyUploads: number
  readonly manyUploadBytes: number
  readonly registers: number
  readonly registersOnPostgres: number
  readonly smallFiles: number
  readonly fewFiles: number
  readonly manyFiles: number
  readonly lists: number
  readonly searches: number
  readonly manySessions: number
  readonly pings: number
  readonly rangeReads: number
  readonly downloadBytes: number
  readonly searchedChunks: number
  readonly firstTokens: number
}

/** Sizes for which the goals are defined; a run takes about 30 minutes. */
export const FULL: Options = {
  rounds: 5,
  putBytes: 1024 * MIB,
  joinedParts: 1000,
  largeBytes: 5_000_000_000,
  manyUploads: 64,
  manyUploadBytes: 100_000_000,
  registers: 6000,
  registersOnPostgres: 11_200,
  smallFiles: 2000,
  fewFiles: 1000,
  manyFiles: 1_000_000,
  lists: 4000,
  searches: 3000,
  manySessions: 100_000,
  pings: 7000,
  rangeReads: 500,
  downloadBytes: 1024 * MIB,
  searchedChunks: 10_000,
  firstTokens: 700,
}

/** Sizes for a run of some seconds, which only shows that the benchmarks work. */
export const QUICK: Options = {
  rounds: 1,
  putBytes: 9 * MIB,
  joinedParts: 20,
  largeBytes: 20_000_000,
  manyUploads: 4,
  manyUploadBytes: 2_000_000,
  registers: 40,
  registersOnPostgres: 64,
  smallFiles: 20,
  fewFiles: 100,
  manyFiles: 1000,
  lists: 20,
  searches: 20,
  manySessions: 1000,
  pings: 20,
  rangeReads: 10,
  downloadBytes: 9 * MIB,
  searchedChunks: 50,
  firstTokens: 5,
}
