import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withoutMessages } from './reader-process.ts'

describe('the output of a reader that ended', () => {
  it('is logged without messages, which may quote the document', () => {
    const output = [
      'parsing "The salary of Ms Example is 90,000"',
      'file:///app/node_modules/library/index.js:7',
      '    throw new SyntaxError(text)',
      '          ^',
      'SyntaxError: unexpected "The salary of Ms Example"',
      '    at parse (file:///app/node_modules/library/index.js:7:11)',
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      'Node.js v24.1.0',
    ].join('\n')
    assert.deepEqual(withoutMessages(output).split('\n'), [
      'SyntaxError',
      '    at parse (file:///app/node_modules/library/index.js:7:11)',
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      'Node.js v24.1.0',
    ])
  })
})
