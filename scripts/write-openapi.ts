// Writes api/openapi.json, the contract as a file, from the routes, and the client library's types from it.
import { writeFileSync } from 'node:fs'
import { openapiDocument } from '../packages/server/test/openapi/document.ts'
import { apiTypes } from './api-types.ts'

const document = await openapiDocument()
writeFileSync(new URL('../api/openapi.json', import.meta.url), document)
writeFileSync(new URL('../packages/sdk/src/api-types.ts', import.meta.url), apiTypes(JSON.parse(document)))
