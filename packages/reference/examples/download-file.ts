import { writeFile } from 'node:fs/promises'
import { Waybill } from '@waybill/sdk'

const {
  WAYBILL_URL = '',
  WAYBILL_API_KEY = '',
  WAYBILL_ORGANIZATION = '',
  FILE_ID = '',
} = process.env
const waybill = new Waybill({
  baseUrl: WAYBILL_URL,
  apiKey: WAYBILL_API_KEY,
  organizationId: WAYBILL_ORGANIZATION,
})

// Goes on where a connection was lost, and checks the CRC-32C at the end.
const { file, body } = await waybill.files.download(FILE_ID)
await writeFile('copy.txt', body)
console.log(file.original_filename, 'is in copy.txt')
