import PostalMime, { type Address } from 'postal-mime'
import type { TextPart } from '../located-text.ts'
import { heading, part } from '../part.ts'
import { readHtml } from './html.ts'
import { readBlocks } from './text.ts'

/** Yields an email: the subject as a heading, sender, recipients and date, the body, and the names of attachments. */
export async function* readEmail(bytes: Buffer): AsyncGenerator<TextPart> {
  const email = await PostalMime.parse(bytes)
  if (email.subject) yield heading(1, email.subject)
  const head = [
    field('From', email.from ? [email.from] : []),
    field('To', email.to ?? []),
    field('Cc', email.cc ?? []),
    email.date ? `Date: ${email.date}` : null,
  ].filter((line) => line !== null)
  if (head.length > 0) yield part('paragraph', head.join('\n'))
  if (email.text?.trim()) yield* readBlocks(email.text, 'paragraph')
  else if (email.html) yield* readHtml(email.html)
  for (const { filename } of email.attachments) {
    if (filename) yield part('note', `Attachment: ${filename}`)
  }
}

function field(name: string, addresses: readonly Address[]): string | null {
  const texts = addresses.flatMap(textsOf)
  return texts.length === 0 ? null : `${name}: ${texts.join(', ')}`
}

function textsOf(address: Address): string[] {
  if (address.group) return address.group.flatMap(textsOf)
  return [
    address.name && address.address
      ? `${address.name} <${address.address}>`
      : address.name || address.address,
  ]
}
