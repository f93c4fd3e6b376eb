// Runs the service in the folder of the second argument, with a webhook to the URL of the third, uploads files, deletes
// one, and kills its own process at the fault point that the first argument names. Prints each change that was answered.
import { writeSync } from 'node:fs'
import { createClient, textFile } from '../api/client.ts'
import { json } from '../api/exchange.ts'
import { startApp } from '../start-app.ts'
import { FAULT_POINTS, type FaultPoint, type Printed, UPLOADS } from './fault-points.ts'

// biome-ignore lint/suspicious/noExplicitAny: methods of any signature are wrapped
type Method = (...args: any[]) => Promise<unknown>

const [name = '', dataDir = '', url = ''] = process.argv.slice(2)
const point = FAULT_POINTS.find((one) => one.name === name)
if (point === undefined) throw new Error(`there is no fault point "${name}"`)
const app = await startApp({ dataDir, env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
const client = createClient(app)
const print = (printed: Printed) => writeSync(1, `${JSON.stringify(printed)}\n`)
const webhook = await client.post('/webhooks', { url, types: ['file.created', 'file.deleted'] })
if (webhook.status !== 201) throw new Error(webhook.bytes.toString())
print({ organizationId: app.organizationId, apiKey: app.apiKey })
killAt(point)
for (let number = 1; number <= UPLOADS; number++) {
  const id = await uploadDirectly(`${number}.txt`)
  print({ created: id })
  if (number !== 2) continue
  await client.del(`/files/${id}`)
  print({ deleted: id })
}

async function uploadDirectly(filename: string): Promise<string> {
  const { bytes, mimeType } = textFile(filename)
  const head = `--x\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: ${mimeType}\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--x--\r\n')])
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  return json<{ id: string }>(
    await client.post('/files/upload', body, { headers: { ...headers, 'x-api-key': app.apiKey } }),
  ).id
}

function killAt({ of, method, when, call }: FaultPoint): void {
  const { database, webhookSender } = app.context
  const targets = { files: database.files, webhooks: database.webhooks, sender: webhookSender }
  const target = targets[of] as unknown as Record<string, Method>
  const original = target[method] as Method
  let calls = 0
  target[method] = async (...args) => {
    const counts = method !== 'claim'
    if (counts) calls++
    if (when === 'before' && calls === call) kill()
    const result = await original.apply(target, args)
    // Most claims find nothing.
    if (!counts && (result as readonly unknown[]).length > 0) calls++
    if (when === 'after' && calls === call) kill()
    return result
  }
}

function kill(): void {
  process.kill(process.pid, 'SIGKILL')
}
