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
  uploads: `${ORGANIZATION}/files/uploads`,
  upload: `${ORGANIZATION}/files/uploads/:file_id`,
  content: `${ORGANIZATION}/files/:file_id/content`,
  download: `${ORGANIZATION}/files/:file_id/download`,

  organization: ORGANIZATION,
  apiKeys: `${ORGANIZATION}/api-keys`,
  apiKey: `${ORGANIZATION}/api-keys/:key_id`,
  activateApiKey: `${ORGANIZATION}/api-keys/:key_id/activate`,
  deactivateApiKey: `${ORGANIZATION}/api-keys/:key_id/deactivate`,
  pauseApiKey: `${ORGANIZATION}/api-keys/:key_id/pause`,
  unpauseApiKey: `${ORGANIZATION}/api-keys/:key_id/unpause`,
  rotateApiKey: `${ORGANIZATION}/api-keys/:key_id/rotate`,

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
const VECTOR_STORE = '/v1/vector_stores/:vector_store_id'

/** URLs of the OpenAI API. The organization is that of the key. */
export const OPENAI_URLS = {
  files: '/v1/files',
  file: '/v1/files/:file_id',
  fileContent: '/v1/files/:file_id/content',

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

export function downloadUrl(
  publicUrl: string,
  { organizationId, fileId, expiresAtSeconds, token }: DownloadGrant & { readonly token: string },
): string {
  const path = URLS.download.replace(':organization_id', organizationId).replace(':file_id', fileId)
  return `${publicUrl}${path}?token=${token}&expires=${expiresAtSeconds}`
}
