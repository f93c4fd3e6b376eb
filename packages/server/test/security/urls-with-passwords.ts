import assert from 'node:assert/strict'
import { ConfigError, readConfig } from '../../src/config.ts'
import { describeConfig } from '../../src/describe-config.ts'

export const PASSWORD = 'hunter2XYZ'

/** Valid URLs of an unreachable server, invalid and mistyped ones. Nothing listens on port 1. */
export const URLS = [
  `postgres://waybill:${PASSWORD}@127.0.0.1:1/waybill`,
  `postgres://waybill:a${PASSWORD}%@127.0.0.1:1/waybill`,
  `postgres://waybill:a@${PASSWORD}@127.0.0.1:1/waybill`,
  `postgres://waybill:a/${PASSWORD}@127.0.0.1:1/waybill`,
  `postgres://127.0.0.1:1/${PASSWORD}@127.0.0.1/waybill`,
  `postgres://127.0.0.1:1/?${PASSWORD}@127.0.0.1/waybill`,
  `postgres://127.0.0.1:1#${PASSWORD}@127.0.0.1/waybill`,
  `postgres://127.0.0.1:1/waybill?password=${PASSWORD}&sslpassword=${PASSWORD}`,
  `postgres:/waybill:${PASSWORD}@127.0.0.1/waybill`,
  `postgres:waybill:${PASSWORD}@127.0.0.1/waybill`,
  `postgre://waybill:${PASSWORD}@127.0.0.1/waybill`,
  `mysql://waybill:${PASSWORD}@127.0.0.1/waybill`,
  `sqlite://waybill:${PASSWORD}@127.0.0.1/waybill`,
  `sqlite:postgres://waybill:${PASSWORD}@127.0.0.1/waybill`,
  `gs://waybill:${PASSWORD}@bucket`,
  `gs://bucket/a?${PASSWORD}`,
  `s3://key:${PASSWORD}@bucket`,
  `file://waybill:${PASSWORD}@host/folder`,
  `https://waybill:${PASSWORD}@bucket`,
  `waybill:${PASSWORD}@bucket`,
  PASSWORD,
]

/** Returns the output of `--print-config`, or the error for invalid settings. */
export function printedSettings(settings: Record<string, string>): string {
  try {
    return JSON.stringify(describeConfig(readConfig(settings)))
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
}

export function isUsable(url: string): boolean {
  return printedSettings({ DATABASE_URL: url }).startsWith('[')
}
