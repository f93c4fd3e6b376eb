import assert from 'node:assert/strict'

/** Protocol buffers message without a schema: all values by field number. */
export type Message = ReadonlyMap<number, readonly Value[]>
/** A varint or a fixed-size number as a bigint; a length-delimited value as its bytes. */
export type Value = bigint | Buffer

export function decodeMessage(bytes: Buffer): Message {
  const fields = new Map<number, Value[]>()
  let position = 0

  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[position++]
      assert.ok(byte !== undefined, 'the message ends within a number')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    position += length
    assert.ok(position <= bytes.length, 'the message ends within a field')
    return bytes.subarray(position - length, position)
  }
  const valueOfType = (wireType: number): Value => {
    if (wireType === 0) return varint()
    if (wireType === 1) return take(8).readBigUInt64LE()
    if (wireType === 5) return BigInt(take(4).readUInt32LE())
    assert.equal(wireType, 2, 'a wire type that is no more in use')
    return take(Number(varint()))
  }

  while (position < bytes.length) {
    const key = Number(varint())
    const values = fields.get(key >> 3) ?? []
    fields.set(key >> 3, values)
    values.push(valueOfType(key & 7))
  }
  return fields
}
