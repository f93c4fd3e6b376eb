import type { XmlNode } from './render-xml.ts'

/** Returns the owner of buckets and objects: an organization. */
export function ownerNode(ownerId: string): XmlNode {
  return [
    'Owner',
    [
      ['ID', ownerId],
      ['DisplayName', ownerId],
    ],
  ]
}
