import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { apiSchema } from '../../../scripts/api-schema.ts'

const textOf = (path: string) => readFile(new URL(path, import.meta.url), 'utf8')

it('api-schema.ts is what the contract says; "npm run openapi" writes it', async () => {
  const document = JSON.parse(await textOf('../../../api/openapi.json'))
  assert.equal(await textOf('../src/api-schema.ts'), await apiSchema(document))
})
