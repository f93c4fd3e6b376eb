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

// Takes these steps by itself, where one request is too small.
// What is interrupted goes on in the next run.
const file = await waybill.files.upload('big.bin', {
  onProgress: ({ sentBytes, totalBytes }) =>
    console.log(sentBytes, 'of', totalBytes),
})
console.log(file.id)
