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

for await (const {
  file_id,
  received_bytes,
  file_size,
} of waybill.files.listUploads()) {
  console.log(file_id, received_bytes, 'of', file_size)
}
