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

const file = await waybill.files.update(FILE_ID, {
  filename: 'january.txt',
  path: 'reports/2026',
})
console.log(file.path, file.original_filename)
