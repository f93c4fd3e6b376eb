import { Waybill } from '@waybill/sdk'

const {
  WAYBILL_URL = '',
  WAYBILL_API_KEY = '',
  WAYBILL_ORGANIZATION = '',
  VECTOR_STORE_ID = '',
} = process.env
const waybill = new Waybill({
  baseUrl: WAYBILL_URL,
  apiKey: WAYBILL_API_KEY,
  organizationId: WAYBILL_ORGANIZATION,
})

const stores = [VECTOR_STORE_ID]
const { results } = await waybill.vectorStores.searchAll(stores, {
  query: 'hello',
})
for (const { score, vector_store_id, text } of results) {
  console.log(score, vector_store_id, text)
}
