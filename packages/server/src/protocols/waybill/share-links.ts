import type { ShareLink } from '../../domain/files/share-link.ts'
import { fileIdOf } from '../../domain/ids.ts'
import { createShareLink } from '../../operations/share-links/create-share-link.ts'
import { deleteShareLink } from '../../operations/share-links/delete-share-link.ts'
import { listShareLinks } from '../../operations/share-links/list-share-links.ts'
import { formatIsoTime } from '../../platform/iso-time.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'
import { shareUrl, URLS } from '../urls.ts'
import { FileParams } from './shapes.ts'

const MIN_LIFETIME_SECONDS = 60
const MAX_LIFETIME_SECONDS = 365 * 24 * 60 * 60
const MAX_DOWNLOADS = 1_000_000_000

const LinkParams = object({
  ...FileParams.properties,
  link_id: { type: 'string', description: 'The `id` of the link. It is not the secret in its URL.' },
})

const LinkBody = object({
  id: { type: 'string', examples: ['lnk_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  file_id: { type: 'string' },
  created_by: nullable(
    { type: 'string' },
    'The id of the key that created the link; null if the operator did.',
  ),
  created_at: Time,
  expires_at: nullable(Time, 'The time from which the link is refused; null if it does not expire.'),
  max_downloads: nullable({ type: 'integer' }, 'The number of downloads that the link allows; null for any.'),
  downloads: { type: 'integer', description: 'The number of downloads until now.' },
  last_downloaded_at: nullable(Time, 'The time of the last counted download; null before the first.'),
})
type LinkBody = TypeOf<typeof LinkBody>

const create = endpoint(
  {
    operation: createShareLink,
    method: 'POST',
    path: URLS.links,
    tag: 'Share links',
    summary: 'Create a link to a File, for people without a key',
    description:
      'Only this response contains the `url`: the service stores only the hash of its secret. A File has at most 100 ' +
      'links. Revoking the links of the key that created the link also revokes the link.',
    params: FileParams,
    body: nullable(
      object(
        {},
        {
          expires_in: nullable(
            {
              type: 'integer',
              minimum: MIN_LIFETIME_SECONDS,
              maximum: MAX_LIFETIME_SECONDS,
              examples: [7 * 24 * 60 * 60],
            },
            'The number of seconds until the link expires. Without it, the link does not expire.',
          ),
          max_downloads: nullable(
            { type: 'integer', minimum: 1, maximum: MAX_DOWNLOADS },
            'The number of downloads that the link allows. Without it, there is no limit.',
          ),
        },
      ),
      'The limits of the link. Without a body, it has none.',
    ),
    isBodyOptional: true,
    responses: {
      201: {
        description: 'The link with its URL.',
        body: object({
          ...LinkBody.properties,
          url: {
            type: 'string',
            examples: ['https://files.example.com/v1/share?token=…'],
            description: 'The URL of the bytes. It is a credential: every client that has it can download.',
          },
        }),
      },
    },
    errors: ['FILE_NOT_FOUND', 'TOO_MANY_LINKS'],
  },
  ({ context, publicUrl }) =>
    async (request, reply) => {
      const { expires_in, max_downloads } = request.body ?? {}
      const { link, secret } = await createShareLink(context, callerOf(request), {
        fileId: fileIdOf(request.params.file_id),
        lifetimeMs: expires_in == null ? null : expires_in * 1000,
        maxDownloads: max_downloads ?? null,
      })
      return reply.code(201).send({ ...toLinkBody(link), url: shareUrl(publicUrl(), secret) })
    },
)

const list = endpoint(
  {
    operation: listShareLinks,
    method: 'GET',
    path: URLS.links,
    tag: 'Share links',
    summary: 'List the links of a File, newest first',
    description: 'Expired and revoked links are not in the list. It does not contain the URLs of the links.',
    params: FileParams,
    responses: {
      200: { description: 'All links.', body: object({ links: { type: 'array', items: LinkBody } }) },
    },
    errors: ['FILE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const fileId = fileIdOf(request.params.file_id)
      return { links: (await listShareLinks(context, callerOf(request), fileId)).map(toLinkBody) }
    },
)

const remove = endpoint(
  {
    operation: deleteShareLink,
    method: 'DELETE',
    path: URLS.link,
    tag: 'Share links',
    summary: 'Delete a link, so that its URL is refused',
    params: LinkParams,
    responses: { 204: { description: 'The link is deleted.' } },
    errors: ['FILE_NOT_FOUND', 'LINK_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      const { file_id, link_id } = request.params
      await deleteShareLink(context, callerOf(request), { fileId: fileIdOf(file_id), linkId: link_id })
      return reply.code(204).send()
    },
)

export const SHARE_LINKS = [create, list, remove]

function toLinkBody(link: ShareLink): LinkBody {
  const { expiresAtMs, lastDownloadAtMs } = link
  return {
    id: link.id,
    file_id: link.fileId,
    created_by: link.createdBy?.apiKeyId ?? null,
    created_at: formatIsoTime(link.createdAtMs),
    expires_at: expiresAtMs === null ? null : formatIsoTime(expiresAtMs),
    max_downloads: link.maxDownloads,
    downloads: link.downloads,
    last_downloaded_at: lastDownloadAtMs === null ? null : formatIsoTime(lastDownloadAtMs),
  }
}
