const MIB = 1024 ** 2

/** How much of each work is done. */
export interface Options {
  readonly rounds: number
  readonly putBytes: number
  readonly largeBytes: number
  readonly manyUploads: number
  readonly manyUploadBytes: number
  readonly registers: number
  readonly registersOnPostgres: number
  readonly smallFiles: number
  readonly fewFiles: number
  readonly manyFiles: number
  readonly lists: number
  readonly manySessions: number
  readonly pings: number
  readonly rangeReads: number
  readonly downloadBytes: number
}

/** What the goals are about; takes about a quarter of an hour. */
export const FULL: Options = {
  rounds: 7,
  putBytes: 1024 * MIB,
  largeBytes: 5_000_000_000,
  manyUploads: 64,
  manyUploadBytes: 100_000_000,
  registers: 6000,
  registersOnPostgres: 11_200,
  smallFiles: 2000,
  fewFiles: 1000,
  manyFiles: 1_000_000,
  lists: 2000,
  manySessions: 100_000,
  pings: 7000,
  rangeReads: 500,
  downloadBytes: 1024 * MIB,
}

/** Seconds: shows that the bench works, and nothing else. */
export const QUICK: Options = {
  rounds: 1,
  putBytes: 9 * MIB,
  largeBytes: 20_000_000,
  manyUploads: 4,
  manyUploadBytes: 2_000_000,
  registers: 40,
  registersOnPostgres: 64,
  smallFiles: 20,
  fewFiles: 100,
  manyFiles: 1000,
  lists: 20,
  manySessions: 1000,
  pings: 20,
  rangeReads: 10,
  downloadBytes: 9 * MIB,
}
