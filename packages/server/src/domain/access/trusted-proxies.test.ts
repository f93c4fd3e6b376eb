import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createProxyTrust, isAddressRange } from './trusted-proxies.ts'

describe('isAddressRange', () => {
  for (const text of ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '0.0.0.0/0', 'loopback', 'uniquelocal']) {
    it(`accepts ${text}`, () => assert.ok(isAddressRange(text)))
  }
  for (const text of [
    '',
    'true',
    '*',
    '10.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'a.example',
  ]) {
    it(`refuses "${text}"`, () => assert.ok(!isAddressRange(text)))
  }
})

describe('createProxyTrust', () => {
  it('trusts the given number of hops at any address', () => {
    const trusts = createProxyTrust({ kind: 'hops', hops: 2 })
    assert.deepEqual(
      [0, 1, 2].map((hop) => trusts('203.0.113.1', hop)),
      [true, true, false],
    )
  })

  const trusts = createProxyTrust({ kind: 'ranges', ranges: ['10.0.0.0/8', '203.0.113.7', 'loopback'] })
  for (const [address, isTrusted] of [
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['203.0.113.7', true],
    ['203.0.113.8', false],
    ['127.8.0.1', true],
    ['::1', true],
    ['::2', false],
    ['::ffff:10.0.0.1', true],
    ['::ffff:11.0.0.1', false],
    ['not an address', false],
    [undefined, false],
  ] as const) {
    it(`${isTrusted ? 'trusts' : 'does not trust'} ${address} by its ranges`, () => {
      assert.equal(trusts(address, 0), isTrusted)
    })
  }
})
