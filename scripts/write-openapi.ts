// Writes api/openapi.json, the contract as a file, from the routes.
import { writeFileSync } from 'node:fs'
import { openapiDocument } from '../packages/server/test/openapi/document.ts'

writeFileSync(new URL('../api/openapi.json', import.meta.url), await openapiDocument())
