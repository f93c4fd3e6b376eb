/** The groups of operations, in the order in which a reader wants them. */
export const TAGS = [
  {
    name: 'Uploads',
    description:
      'A session takes the bytes of one file, in as many requests as it needs. The URL that it is reached at is its credential.',
  },
  { name: 'Files', description: 'What was uploaded, checked and registered.' },
  { name: 'Organizations', description: 'Every file and key belongs to one organization.' },
  { name: 'API keys', description: 'A key may do what its scopes say, in its organization.' },
  { name: 'Health', description: 'For what watches the service, and for programs that read the document.' },
] as const

export type Tag = (typeof TAGS)[number]['name']
