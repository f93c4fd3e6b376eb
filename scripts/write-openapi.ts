// Writes api/openapi.json and api/openai.json, the contracts as files, from the routes, and the client library's types
// from the first.
import { writeFileSync } from 'node:fs'
import { openapiDocument } from '../packages/server/test/openapi/document.ts'
import { openaiDocument } from '../packages/server/test/openapi/openai-document.ts'
import { apiSchema } from './api-schema.ts'

const document = await openapiDocument()
writeFileSync(new URL('../api/openapi.json', import.meta.url), document)
writeFileSync(new URL('../api/openai.json', import.meta.url), openaiDocument())
const schema = await apiSchema(JSON.parse(document))
writeFileSync(new URL('../packages/sdk/src/api-schema.ts', import.meta.url), schema)
