// Writes api/openapi.json, the contract as a file, from the routes, and the client library's types from it.
import { writeFileSync } from 'node:fs'
import { openapiDocument } from '../packages/server/test/openapi/document.ts'
import { apiSchema } from './api-schema.ts'

const document = await openapiDocument()
writeFileSync(new URL('../api/openapi.json', import.meta.url), document)
const schema = await apiSchema(JSON.parse(document))
writeFileSync(new URL('../packages/sdk/src/api-schema.ts', import.meta.url), schema)
