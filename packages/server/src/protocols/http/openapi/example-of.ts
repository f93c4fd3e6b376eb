/** A schema as far as examples need it. */
export interface ExampleSchema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, ExampleSchema>>
  readonly additionalProperties?: boolean | ExampleSchema
  readonly patternProperties?: Readonly<Record<string, ExampleSchema>>
  readonly items?: ExampleSchema
  readonly anyOf?: readonly ExampleSchema[]
}

/** Example values by the name of a property, for schemas without an example. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  filename: 'report.pdf',
  original_filename: 'report.pdf',
  file_id: 'file_0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
  file_size: 1_048_576,
  max_file_size: 5_000_000_000,
  received_bytes: 524_288,
  chunk_size_recommended: 8_388_608,
  mime_type: 'application/pdf',
  detected_mime_type: 'application/pdf',
  organization_id: 'org_123',
  storage_path: 'files/org_123/file_0198f3a2b4c17d3e8f90a1b2c3d4e5f6/report.pdf',
  gcs_path: 'files/org_123/file_0198f3a2b4c17d3e8f90a1b2c3d4e5f6/report.pdf',
  upload_url: 'https://files.example.com/upload/storage/v1/b/waybill/o?uploadType=resumable&upload_id=…',
  download_url:
    'https://files.example.com/v1/organizations/org_123/files/file_0198…/download?token=…&expires=1768476600',
  uploaded_by: null,
  uploaded_by_api_key_id: 'ak_0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
  crc32c: '4waSgw==',
  next_cursor: null,
  key: 'oak_live_…',
  key_name: 'Ingest',
  key_prefix: 'oak_live_3fGh',
  created_by: 'ak_0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
  last_used_at: '2026-01-15T10:30:00.000Z',
  damaged_at: null,
  expires_at: '2026-01-22T10:30:00.000Z',
  name: 'Research',
  kind: 'sqlite',
}

const EXAMPLE_TIME = '2026-01-15T10:30:00.000Z'
const SCALARS: Readonly<Record<string, unknown>> = {
  string: '…',
  integer: 1,
  number: 0.5,
  boolean: true,
  null: null,
}

/** An example that fits the schema: each property's own, where it has one. */
export function exampleOf(schema: ExampleSchema): unknown {
  if (schema.examples?.length) return schema.examples[0]
  if (schema.const !== undefined) return schema.const
  if (schema.enum?.length) return schema.enum[0]
  if (schema.default !== undefined) return schema.default
  if (schema.anyOf?.[0]) return exampleOf(schema.anyOf[0])
  if (schema.type === 'array') return schema.items ? [exampleOf(schema.items)] : []
  if (schema.type === 'object') return exampleObject(schema)
  if (schema.format === 'date-time') return EXAMPLE_TIME
  const [type = 'null'] = [schema.type].flat()
  return SCALARS[type]
}

function exampleObject({ properties = {} }: ExampleSchema): object {
  const entries = Object.entries(properties).map(([name, property]) => [
    name,
    name in BY_NAME && !property.examples ? BY_NAME[name] : exampleOf(property),
  ])
  return Object.fromEntries(entries)
}
