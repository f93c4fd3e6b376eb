import type { JSONSchema } from 'json-schema-to-ts'

/** Fields with which a client declares a file. The domain has the rules for names and types. */
export const DeclaredFile = {
  filename: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description:
      'The file name, at most 900 bytes of UTF-8. It is not a path: `/`, `\\`, control characters, line separators and ' +
      'bidirectional controls are not allowed.',
  },
  file_size: {
    type: 'integer',
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The size in bytes.',
  },
  mime_type: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description:
      'The media type of the content, such as `application/pdf`. Parameters are allowed, such as ' +
      '`text/plain; charset=utf-8` or `video/webm;codecs=vp8,opus`. Registration checks the content, and refuses a type ' +
      'that the content contradicts.',
  },
} as const satisfies Readonly<Record<string, JSONSchema>>

/** Folder of a File, in requests. */
export const Folder = {
  type: 'string',
  maxLength: 900,
  description:
    'The folder, such as `reports/2026`, without slashes at its ends; empty for the root. Its segments follow the rules of ' +
    'file names. Folder and name together have at most 900 bytes.',
  examples: ['reports/2026'],
} as const satisfies JSONSchema
