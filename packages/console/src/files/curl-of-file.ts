import type { WaybillFile } from '@waybill/sdk'
import { SERVICE_URL } from '../workspace/service-url.ts'

/** Commands that fetch the file; the key comes from the environment, so that what is copied holds no secret. */
export function curlOfFile({ id, organization_id, original_filename }: WaybillFile): string {
  const file = `${SERVICE_URL}/v1/organizations/${organization_id}/files/${id}`
  return [
    `URL=$(curl -s -H "X-API-Key: $WAYBILL_API_KEY" \\`,
    `  ${file}/content | sed -E 's/.*"download_url":"([^"]*)".*/\\1/')`,
    `curl -o ${shellQuoted(original_filename)} "$URL"`,
  ].join('\n')
}

/** One word to a shell, whatever is in it. A name that begins with a dash is no option. */
function shellQuoted(name: string): string {
  const path = name.startsWith('-') ? `./${name}` : name
  return `'${path.replaceAll("'", String.raw`'\''`)}'`
}
