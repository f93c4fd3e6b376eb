import { Waybill } from '@waybill/sdk'

const {
  WAYBILL_URL = '',
  WAYBILL_API_KEY = '',
  WAYBILL_ORGANIZATION = '',
  KEY_ID = '',
} = process.env
const waybill = new Waybill({
  baseUrl: WAYBILL_URL,
  apiKey: WAYBILL_API_KEY,
  organizationId: WAYBILL_ORGANIZATION,
})

const { new_key } = await waybill.apiKeys.rotate(KEY_ID)
console.log(new_key.key)
