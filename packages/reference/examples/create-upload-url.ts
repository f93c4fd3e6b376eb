import { Waybill } from '@waybill/sdk'

const {
  WAYBILL_URL = '',
  WAYBILL_API_KEY = '',
  WAYBILL_ORGANIZATION = '',
} = process.env
const waybill = new Waybill({
  baseUrl: WAYBILL_URL,
  apiKey: WAYBILL_API_KEY,
  organizationId: WAYBILL_ORGANIZATION,
})

const { upload_url, gcs_path } = await waybill.files.createUploadUrl({
  filename: 'hello.txt',
  file_size: 16,
  mime_type: 'text/plain',
})
console.log(upload_url, gcs_path)
