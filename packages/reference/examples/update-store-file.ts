import { Waybill } from '@waybill/sdk'

const {
  WAYBILL_URL = '',
  WAYBILL_API_KEY = '',
  WAYBILL_ORGANIZATION = '',
  VECTOR_STORE_ID = '',
  FILE_ID = '',
} = process.env
const waybill = new Waybill({
  baseUrl: WAYBILL_URL,
  apiKey: WAYBILL_API_KEY,
  organizationId: WAYBILL_ORGANIZATION,
})

const attributes = { year: 2026, draft: false }
const file = await waybill.vectorStores.files.update(
  VECTOR_STORE_ID,
  FILE_ID,
  { attributes },
)
console.log(file.attributes)
