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

const deleted = await waybill.apiKeys.delete(KEY_ID)
console.log(`${KEY_ID} is deleted`)
for (const { id, key_name } of deleted?.created_keys ?? []) {
  console.log(`${id} (${key_name}), which it created, still works`)
}
