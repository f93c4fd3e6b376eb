export interface Welcome {
  readonly publicUrl: string
  /** Values by the names of their environment variables. */
  readonly settings: ReadonlyMap<string, string>
  readonly organizationId: string
  readonly key: ShownKey
}

/** Key to print on a terminal, or the path of the file that contains it. */
export type ShownKey = { readonly secret: string } | { readonly path: string }

/** Returns the text for a first start: the address, the locations of the data, the key, and commands for an upload. */
export function welcomeText({ publicUrl, settings, organizationId, key }: Welcome): string {
  return `
Waybill runs at ${publicUrl}, with a web console at ${publicUrl}/console
It stores files in ${settings.get('STORAGE_URL')} and records in ${settings.get('DATABASE_URL')}

The organization ${organizationId} was created. ${'secret' in key ? 'Its API key, which is not shown again:' : 'Its API key is in this file, which only you can read. Store the key and delete the file:'}

  ${'secret' in key ? key.secret : key.path}

To upload a first file, paste this into another terminal:

  export WAYBILL_API_KEY=${'secret' in key ? key.secret : `$(cat ${quoted(key.path)})`}
  export WAYBILL_FILES=${publicUrl}/v1/organizations/${organizationId}/files

  echo 'Hello, Waybill' > hello.txt
  post() { curl -s -H "X-API-Key: $WAYBILL_API_KEY" -H 'Content-Type: application/json' "$@"; }
  field() { sed -E "s/.*\\"$1\\":\\"([^\\"]*)\\".*/\\1/"; }
  OPENED=$(post "$WAYBILL_FILES/upload-url" -d '{"filename":"hello.txt","file_size":15,"mime_type":"text/plain"}')
  curl -s -o /dev/null -T hello.txt "$(echo "$OPENED" | field upload_url)"
  post "$WAYBILL_FILES" -d '{"filename":"hello.txt","gcs_path":"'$(echo "$OPENED" | field gcs_path)'","file_size":15,"mime_type":"text/plain"}'

`
}

/** Quotes a path for a shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`
}
