import { ownerNode } from './owner-node.ts'
import { renderResult } from './render-xml.ts'

/** Returns the access control list of every bucket and object: its organization may do everything. */
export function aclXml(ownerId: string): string {
  const [, owner] = ownerNode(ownerId)
  const grantee = {
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    'xsi:type': 'CanonicalUser',
  }
  return renderResult([
    'AccessControlPolicy',
    [
      ownerNode(ownerId),
      [
        'AccessControlList',
        [
          [
            'Grant',
            [
              ['Grantee', owner, grantee],
              ['Permission', 'FULL_CONTROL'],
            ],
          ],
        ],
      ],
    ],
  ])
}
