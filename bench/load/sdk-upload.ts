// Uploads the file named by its argument with the client library, in its own process, and prints speed and memory.
import { Waybill } from '@waybill/sdk'

const [baseUrl = '', apiKey = '', organizationId = '', path = ''] = process.argv.slice(2)
const client = new Waybill({ baseUrl, apiKey, organizationId, sessions: null })
const startMs = performance.now()
const { file_size } = await client.files.upload(path)
const seconds = (performance.now() - startMs) / 1000
const peakMib = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ mibPerSecond: file_size / 1024 ** 2 / seconds, peakMib }))
