import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { apiTypes } from '../../../scripts/api-types.ts'

const textOf = (path: string) => readFile(new URL(path, import.meta.url), 'utf8')

it('api-types.ts is what the contract says; «npm run openapi» writes it anew', async () => {
  const document = JSON.parse(await textOf('../../../api/openapi.json'))
  assert.equal(await textOf('../src/api-types.ts'), apiTypes(document))
})
