// Uploads the file that its argument names, from a process of its own, and prints the file that came of it.
import { Waybill } from '../../src/waybill.ts'

const { WAYBILL_URL = '', WAYBILL_API_KEY = '', WAYBILL_ORGANIZATION = '' } = process.env
const client = new Waybill({
  baseUrl: WAYBILL_URL,
  apiKey: WAYBILL_API_KEY,
  organizationId: WAYBILL_ORGANIZATION,
})
console.log(JSON.stringify(await client.files.upload(String(process.argv[2]))))
