import { Waybill } from '@waybill/sdk'

const {
  WAYBILL_URL = '',
  WAYBILL_API_KEY = '',
  WAYBILL_ORGANIZATION = '',
  GCS_PATH = '',
} = process.env
const waybill = new Waybill({
  baseUrl: WAYBILL_URL,
  apiKey: WAYBILL_API_KEY,
  organizationId: WAYBILL_ORGANIZATION,
})

const file = await waybill.files.register({
  filename: 'hello.txt',
  gcs_path: GCS_PATH,
  file_size: 16,
  mime_type: 'text/plain',
})
console.log(file.id)
