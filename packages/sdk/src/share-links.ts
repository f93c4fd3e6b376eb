import type { Api, CallOptions } from './api.ts'
import type { CreatedShareLink, CreateShareLinkBody, ListShareLinksAnswer, ShareLink } from './api-types.ts'

/** Public URLs of a file, for people without a key. */
export interface ShareLinks {
  /** Creates a link. Only this response contains its `url`. Without `body`, the link has no limits. */
  create(fileId: string, body?: CreateShareLinkBody, options?: CallOptions): Promise<CreatedShareLink>
  /** Returns the links that have not expired, newest first; at most 100. */
  list(fileId: string, options?: CallOptions): Promise<readonly ShareLink[]>
  /** Deletes a link, so that its URL is refused. */
  delete(fileId: string, linkId: string, options?: CallOptions): Promise<void>
}

export function createShareLinks({ call }: Api): ShareLinks {
  const pathOf = (fileId: string) => `/files/${encodeURIComponent(fileId)}/links`
  return {
    create: (fileId, json = {}, options) => call({ method: 'POST', path: pathOf(fileId), json }, options),
    list: async (fileId, options) => {
      const path = pathOf(fileId)
      return (await call<ListShareLinksAnswer>({ method: 'GET', path }, options)).links
    },
    delete: (fileId, linkId, options) =>
      call(
        {
          method: 'DELETE',
          path: `${pathOf(fileId)}/${encodeURIComponent(linkId)}`,
        },
        options,
      ),
  }
}
