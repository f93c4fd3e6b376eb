import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  CONTINUATION_MS,
  createLinkSecret,
  isLinkSecret,
  isUsableLink,
  type ShareLink,
} from './share-link.ts'

const NOW_MS = 1_000_000_000
const LINK: ShareLink = {
  id: 'lnk_1',
  organizationId: 'org_1',
  fileId: 'file_1',
  createdBy: null,
  createdAtMs: 0,
  expiresAtMs: null,
  maxDownloads: null,
  downloads: 1000,
  lastDownloadAtMs: NOW_MS,
}
const USED_UP = { maxDownloads: 1, downloads: 1 }

describe('a share link', () => {
  for (const [what, link, isLaterPart, expected] of [
    ['without limits is usable', {}, false, true],
    ['is usable until it expires', { expiresAtMs: NOW_MS + 1 }, false, true],
    ['is not usable when it expires', { expiresAtMs: NOW_MS }, true, false],
    ['with a download left is usable', { maxDownloads: 2, downloads: 1 }, false, true],
    ['that is used up is not usable', USED_UP, false, false],
    ['that is used up is usable for the rest of its last download', USED_UP, true, true],
    [
      'that is used up is usable for a rest until an hour has passed',
      { ...USED_UP, lastDownloadAtMs: NOW_MS - CONTINUATION_MS },
      true,
      false,
    ],
  ] as const) {
    it(what, () => {
      assert.equal(isUsableLink({ ...LINK, ...link }, isLaterPart, NOW_MS), expected)
    })
  }

  it('has a secret of 256 bits, different each time', () => {
    const secrets = Array.from({ length: 100 }, createLinkSecret)
    assert.equal(new Set(secrets).size, 100)
    for (const secret of secrets) assert.ok(isLinkSecret(secret), secret)
    for (const other of ['', 'a', `${secrets[0]}A`, secrets[0]?.replace(/.$/, '+')])
      assert.ok(!isLinkSecret(other ?? ''))
  })
})
