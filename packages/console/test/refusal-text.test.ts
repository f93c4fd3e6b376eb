import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ServerError, ValidationError } from '@waybill/sdk'
import { refusalText } from '../src/parts/refusal-text.ts'

const MESSAGE = 'A value in the request is not valid.'
const FACTS = { systemMessage: 'name: "a\u202eb" is not allowed' }

describe('the text of a refusal', () => {
  it('says what is wrong, without characters that hide it', () => {
    assert.equal(
      refusalText(new ValidationError('VALIDATION_ERROR', MESSAGE, FACTS)),
      'name: "a\ufffdb" is not allowed',
    )
  })

  it('is none for other errors, and where nobody says what is wrong', () => {
    assert.equal(refusalText(new ServerError('INTERNAL_ERROR', 'An error.', FACTS)), null)
    assert.equal(refusalText(new ValidationError('VALIDATION_ERROR', MESSAGE)), null)
    assert.equal(refusalText(new Error('An error.')), null)
  })

  it('is none for a page of a proxy', () => {
    assert.equal(
      refusalText(new ValidationError('UNREADABLE_ANSWER', MESSAGE, { systemMessage: '<html>' })),
      null,
    )
  })
})
