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

// Ends after the first event; `cursor` is where another stream goes on.
const wanted = { after: '0', types: ['file.created'] }
for await (const { type, data, cursor } of waybill.events.follow(
  wanted,
)) {
  console.log(type, data, cursor)
  break
}
