import type { DownloadGrant } from '../domain/access/download-token.ts'

/** The bucket that objects are said to be in, for clients that expect one. */
export const BUCKET = 'waybill'

const ORGANIZATION = '/v1/organizations/:organization_id'

/** Every URL of the service. */
export const URLS = {
  root: '/',
  openapi: '/openapi.json',
  console: '/console',
  reference: '/docs',
  health: '/v1/health',
  healthDetails: '/v1/health/details',

  files: `${ORGANIZATION}/files`,
  file: `${ORGANIZATION}/files/:file_id`,
  directUpload: `${ORGANIZATION}/files/upload`,
  uploadUrl: `${ORGANIZATION}/files/upload-url`,
  tusUploads: `${ORGANIZATION}/files/tus`,
  uploads: `${ORGANIZATION}/files/uploads`,
  upload: `${ORGANIZATION}/files/uploads/:file_id`,
  uploadParts: `${ORGANIZATION}/files/uploads/:file_id/parts`,
  completeUpload: `${ORGANIZATION}/files/uploads/:file_id/complete`,
  resumableUploads: `${ORGANIZATION}/files/resumable`,
  content: `${ORGANIZATION}/files/:file_id/content`,
  download: `${ORGANIZATION}/files/:file_id/download`,

  restoreFile: `${ORGANIZATION}/files/:file_id/restore`,
  links: `${ORGANIZATION}/files/:file_id/links`,
  link: `${ORGANIZATION}/files/:file_id/links/:link_id`,
  /** Without ids: the secret in the query finds the file, and a reader of the URL learns nothing else. */
  share: '/v1/share',

  signIn: '/v1/sign-in',
  me: '/v1/me',
  members: `${ORGANIZATION}/members`,
  member: `${ORGANIZATION}/members/:member_id`,

  organization: ORGANIZATION,
  apiKeys: `${ORGANIZATION}/api-keys`,
  apiKey: `${ORGANIZATION}/api-keys/:key_id`,
  activateApiKey: `${ORGANIZATION}/api-keys/:key_id/activate`,
  deactivateApiKey: `${ORGANIZATION}/api-keys/:key_id/deactivate`,
  pauseApiKey: `${ORGANIZATION}/api-keys/:key_id/pause`,
  unpauseApiKey: `${ORGANIZATION}/api-keys/:key_id/unpause`,
  rotateApiKey: `${ORGANIZATION}/api-keys/:key_id/rotate`,
  s3Credentials: `${ORGANIZATION}/api-keys/:key_id/s3-credentials`,

  vectorStores: `${ORGANIZATION}/vector-stores`,
  vectorStoreUsage: `${ORGANIZATION}/vector-stores/usage`,
  searchVectorStores: `${ORGANIZATION}/vector-stores/search`,
  vectorStore: `${ORGANIZATION}/vector-stores/:vector_store_id`,
  searchVectorStore: `${ORGANIZATION}/vector-stores/:vector_store_id/search`,
  storeFiles: `${ORGANIZATION}/vector-stores/:vector_store_id/files`,
  storeFile: `${ORGANIZATION}/vector-stores/:vector_store_id/files/:file_id`,
  storeFileStatus: `${ORGANIZATION}/vector-stores/:vector_store_id/files/:file_id/status`,
  storeFileLog: `${ORGANIZATION}/vector-stores/:vector_store_id/files/:file_id/logs`,
  retryStoreFile: `${ORGANIZATION}/vector-stores/:vector_store_id/files/:file_id/retry`,

  events: `${ORGANIZATION}/events`,
  eventStream: `${ORGANIZATION}/events/stream`,
  webhooks: `${ORGANIZATION}/webhooks`,
  webhook: `${ORGANIZATION}/webhooks/:webhook_id`,
  rotateWebhook: `${ORGANIZATION}/webhooks/:webhook_id/rotate`,
  testWebhook: `${ORGANIZATION}/webhooks/:webhook_id/test`,
  webhookDeliveries: `${ORGANIZATION}/webhooks/:webhook_id/deliveries`,
  retryWebhookDelivery: `${ORGANIZATION}/webhooks/:webhook_id/deliveries/:delivery_id/retry`,

  /** Without an organization: it is that of the key. */
  threads: '/v1/threads',
  thread: '/v1/threads/:thread_id',
  threadMessages: '/v1/threads/:thread_id/messages',
  threadMessage: '/v1/threads/:thread_id/messages/:message_id',

  modelResponses: '/v1/model/response',
  modelResponse: '/v1/model/response/:response_id',

  /** Google's path, so that whatever looks at a session URI sees what it expects. */
  uploadSession: `/upload/storage/v1/b/${BUCKET}/o`,
} as const

const CONVERSATION = '/v1/conversations/:conversation_id'
const UPLOAD = '/v1/uploads/:upload_id'
const VECTOR_STORE = '/v1/vector_stores/:vector_store_id'

/** URLs of the OpenAI API. The organization is that of the key. */
export const OPENAI_URLS = {
  files: '/v1/files',
  file: '/v1/files/:file_id',
  fileContent: '/v1/files/:file_id/content',

  uploads: '/v1/uploads',
  upload: UPLOAD,
  uploadParts: `${UPLOAD}/parts`,
  completeUpload: `${UPLOAD}/complete`,
  cancelUpload: `${UPLOAD}/cancel`,

  vectorStores: '/v1/vector_stores',
  vectorStore: VECTOR_STORE,
  search: `${VECTOR_STORE}/search`,
  storeFiles: `${VECTOR_STORE}/files`,
  storeFile: `${VECTOR_STORE}/files/:file_id`,
  storeFileContent: `${VECTOR_STORE}/files/:file_id/content`,
  fileBatches: `${VECTOR_STORE}/file_batches`,
  fileBatch: `${VECTOR_STORE}/file_batches/:batch_id`,
  cancelFileBatch: `${VECTOR_STORE}/file_batches/:batch_id/cancel`,
  batchFiles: `${VECTOR_STORE}/file_batches/:batch_id/files`,

  models: '/v1/models',
  model: '/v1/models/:model',
  embeddings: '/v1/embeddings',
  chatCompletions: '/v1/chat/completions',
  completions: '/v1/completions',

  responses: '/v1/responses',
  responseTokens: '/v1/responses/input_tokens',
  response: '/v1/responses/:response_id',
  responseInput: '/v1/responses/:response_id/input_items',

  conversations: '/v1/conversations',
  conversation: CONVERSATION,
  conversationItems: `${CONVERSATION}/items`,
  conversationItem: `${CONVERSATION}/items/:item_id`,
} as const

/** The absolute session URI: the credential is its query. */
export function sessionUri(publicUrl: string, uploadId: string): string {
  return `${publicUrl}${URLS.uploadSession}?uploadType=resumable&upload_id=${uploadId}`
}

/** The absolute URLs of an upload whose parts go to the storage provider. */
export function directUploadUrls(publicUrl: string, organizationId: string, fileId: string) {
  const urlOf = (path: string) =>
    publicUrl + path.replace(':organization_id', organizationId).replace(':file_id', fileId)
  return { parts_url: urlOf(URLS.uploadParts), complete_url: urlOf(URLS.completeUpload) }
}

/** The absolute URL of a File in the JSON API. */
export function fileUrl(publicUrl: string, organizationId: string, fileId: string): string {
  return publicUrl + URLS.file.replace(':organization_id', organizationId).replace(':file_id', fileId)
}

/** The absolute URL of the bytes of a File, or of an upload that its scanner reads: the credential is its query. */
export function downloadUrl(
  publicUrl: string,
  { organizationId, fileId, expiresAtSeconds, token }: DownloadGrant & { readonly token: string },
): string {
  const path = URLS.download.replace(':organization_id', organizationId).replace(':file_id', fileId)
  return `${publicUrl}${path}?token=${token}&expires=${expiresAtSeconds}`
}

/** The absolute URL of a share link: the credential is its query. */
export function shareUrl(publicUrl: string, secret: string): string {
  return `${publicUrl}${URLS.share}?token=${secret}`
}
