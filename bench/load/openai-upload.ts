import type { Waybill } from '../waybill.ts'
import { openConnection } from './put-body.ts'
import { sendPart } from './put-once.ts'

/** As long as that of Node's fetch: the time to find it depends on its length. */
const BOUNDARY = '----formdata-undici-012345678901'
const TYPE = 'application/octet-stream'
const FRAME = [
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="data"; filename="part"\r\nContent-Type: ${TYPE}\r\n\r\n`,
  `\r\n--${BOUNDARY}--\r\n`,
] as const

/** An upload of parts by the OpenAI API. */
export interface PartUpload {
  /** Sends parts of this size, each connection one after the other. */
  sendParts(count: number, partBytes: number, connections: number): Promise<void>
  /** Makes the File of all stored parts. */
  complete(): Promise<void>
}

/** Creates an upload of `bytes` bytes. */
export async function createPartUpload({ url, apiKey }: Waybill, bytes: number): Promise<PartUpload> {
  const authorization = { authorization: `Bearer ${apiKey}` }
  const call = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const answer = await fetch(`${url}/v1/uploads${path}`, {
      method,
      headers: { ...authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.json() as Promise<{ id: string; data: { id: string }[] }>
  }
  const { id } = await call('POST', '', {
    filename: 'bench.bin',
    purpose: 'user_data',
    bytes,
    mime_type: TYPE,
  })
  const request = {
    method: 'POST',
    url: `${url}/v1/uploads/${id}/parts`,
    headers: { ...authorization, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    frame: FRAME,
  } as const
  return {
    sendParts: async (count, partBytes, connections) => {
      let left = count
      const sendInTurn = async () => {
        const socket = await openConnection(url)
        while (left-- > 0) await sendPart(socket, { ...request, bodyBytes: partBytes })
        socket.destroy()
      }
      await Promise.all(Array.from({ length: connections }, sendInTurn))
    },
    complete: async () => {
      const { data } = await call('GET', `/${id}/parts`)
      await call('POST', `/${id}/complete`, { part_ids: data.map((part) => part.id) })
    },
  }
}
