import type { WaybillFile } from '@waybill/sdk'
import { SERVICE_URL } from '../workspace/service-url.ts'

/** Returns curl commands that download the file. They read the key from the environment and contain no secret. */
export function curlOfFile({ id, organization_id, original_filename }: WaybillFile): string {
  const file = `${SERVICE_URL}/v1/organizations/${organization_id}/files/${id}`
  return [
    `URL=$(curl -s -H "X-API-Key: $WAYBILL_API_KEY" \\`,
    `  ${file}/content | sed -E 's/.*"download_url":"([^"]*)".*/\\1/')`,
    `curl -o ${shellQuoted(original_filename)} "$URL"`,
  ].join('\n')
}

/**
 * Quotes a file name for a shell. A name that begins with a dash gets a prefix, so that curl does not read it as an
 * option.
 */
function shellQuoted(name: string): string {
  const path = name.startsWith('-') ? `./${name}` : name
  return `'${path.replaceAll("'", String.raw`'\''`)}'`
}
