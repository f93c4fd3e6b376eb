import { checksumsWork } from './checksums.ts'
import { chunksWork } from './chunks.ts'
import { clientWork } from './client.ts'
import { downloadWork } from './download.ts'
import { fileSearchWork } from './file-search.ts'
import { firstTokenWork } from './first-token.ts'
import { httpPartsWork } from './http-parts.ts'
import { listWork } from './list.ts'
import { memoryWork } from './memory.ts'
import { oneRequestWork } from './one-request.ts'
import { partsWork } from './parts.ts'
import { rangeWork } from './range.ts'
import { registerWork } from './register.ts'
import { registerPostgresWork } from './register-postgres.ts'
import { s3Work } from './s3.ts'
import { searchWork } from './search.ts'
import { singlePutWork } from './single-put.ts'
import { smallFilesWork } from './small-files.ts'
import { startWork } from './start.ts'
import { tenantsWork } from './tenants.ts'
import { tusPatchWork } from './tus-patch.ts'
import { unsyncedWork } from './unsynced.ts'
import type { Work } from './work.ts'

/** All benchmarks, in the order of the page. */
export const WORKS: readonly Work[] = [
  singlePutWork,
  unsyncedWork,
  checksumsWork,
  chunksWork,
  partsWork,
  httpPartsWork,
  clientWork,
  memoryWork,
  registerWork,
  registerPostgresWork,
  smallFilesWork,
  oneRequestWork,
  listWork,
  fileSearchWork,
  searchWork,
  tenantsWork,
  rangeWork,
  downloadWork,
  startWork,
  firstTokenWork,
  tusPatchWork,
  s3Work,
]
