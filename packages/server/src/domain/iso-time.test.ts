import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseIsoTime } from './iso-time.ts'

describe('parseIsoTime', () => {
  for (const [text, expected] of [
    ['2027-01-31T12:00:00Z', Date.UTC(2027, 0, 31, 12)],
    ['2027-01-31T12:00Z', Date.UTC(2027, 0, 31, 12)],
    ['2027-01-31T12:00:00.250Z', Date.UTC(2027, 0, 31, 12, 0, 0, 250)],
    ['2027-01-31T12:00:00.250999Z', Date.UTC(2027, 0, 31, 12, 0, 0, 250)],
    ['2027-01-31T12:00:00+02:00', Date.UTC(2027, 0, 31, 10)],
    ['2027-01-31T23:30:00-01:00', Date.UTC(2027, 1, 1, 0, 30)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseIsoTime(text), expected))
  }

  for (const text of [
    ...['', 'tomorrow', '2027', '2027-01-31', '2027-01-31T12:00:00', '2027-01-31 12:00:00Z', '1800000000'],
    ...['2027-02-30T00:00:00Z', '2027-02-29T00:00:00Z', '2027-13-01T00:00:00Z', '2027-01-00T00:00:00Z'],
    ...['2027-01-31T25:00:00Z', '2027-01-31T12:60:00Z', '2027-01-31T12:00:60Z', '2027-01-31T12:00:00+25:00'],
    ...['2027-01-31T12:00:00z', ' 2027-01-31T12:00:00Z', '2027-01-31T12:00:00Z\n', '+012027-01-31T12:00:00Z'],
    ...['２０２７-01-31T12:00:00Z', '2027-01-31T12:00:00.Z'],
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseIsoTime(text), null))
  }
})
