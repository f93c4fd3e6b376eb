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

const key = await waybill.apiKeys.update(KEY_ID, {
  key_name: 'Weekly archive',
  expires_at: '2099-12-31T23:59:59Z',
})
console.log(key)
