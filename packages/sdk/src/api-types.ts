// Names for the shapes of the API. `api-schema.ts` has the shapes, generated from the OpenAPI document.
import type { components, operations } from './api-schema.ts'

interface JsonContent<T> {
  readonly content: { readonly 'application/json': T }
}

/** JSON answer of an operation that succeeds. */
type Answer<Id extends keyof operations> = operations[Id]['responses'] extends
  | { readonly 200: JsonContent<infer T> }
  | { readonly 201: JsonContent<infer T> }
  ? T
  : never

type Body<Id extends keyof operations> = operations[Id] extends {
  readonly requestBody: JsonContent<infer T>
}
  ? T
  : never

/** Query of an operation. Every parameter is optional: the document says "required" of those with a default. */
type Query<Id extends keyof operations> = Partial<NonNullable<operations[Id]['parameters']['query']>>

export type ErrorCode = components['schemas']['Error']['error']['code']
export type Scope = ApiKey['scopes'][number]
export type ApiKey = Answer<'getApiKey'>
export type Organization = Answer<'getOrganization'>
export type WaybillFile = Answer<'getFile'>
export type OpenUpload = ListUploadsAnswer['uploads'][number]

export type CreateApiKeyBody = Body<'createApiKey'>
export type CreateApiKeyAnswer = Answer<'createApiKey'>
export type ListApiKeysQuery = Query<'listApiKeys'>
export type ListApiKeysAnswer = Answer<'listApiKeys'>
export type UpdateApiKeyBody = Body<'updateApiKey'>
export type DeleteApiKeyQuery = Query<'deleteApiKey'>
export type DeleteApiKeyAnswer = Answer<'deleteApiKey'>
export type DeactivateApiKeyQuery = Query<'deactivateApiKey'>
export type DeactivateApiKeyAnswer = Answer<'deactivateApiKey'>
export type ActivateApiKeyAnswer = Answer<'activateApiKey'>
export type RotateApiKeyAnswer = Answer<'rotateApiKey'>
export type CreateS3CredentialsAnswer = Answer<'createS3Credentials'>

export type CreateUploadUrlBody = Body<'createUploadUrl'>
/**
 * The URL of an upload session, or the plan of one whose parts go to S3 storage; with `sha256` also the File of content
 * that is stored already.
 */
export type CreateUploadUrlAnswer<Sent extends CreateUploadUrlBody = CreateUploadUrlBody> =
  | (Sent extends { readonly upload_type: 'parts' } ? DirectUploadAnswer : UploadUrlAnswer)
  | ('sha256' extends keyof Sent ? StoredUploadAnswer : never)
export type UploadUrlAnswer = Extract<Answer<'createUploadUrl'>, { readonly upload_type: 'resumable' }>
export type DirectUploadAnswer = Extract<Answer<'createUploadUrl'>, { readonly upload_type: 'parts' }>
export type StoredUploadAnswer = Extract<Answer<'createUploadUrl'>, { readonly already_stored: true }>
export type RegisterFileBody = Body<'registerFile'>
export type ListFilesQuery = Query<'listFiles'>
export type ListFilesAnswer = Answer<'listFiles'>
export type UpdateFileBody = Body<'updateFile'>
export type GetFileContentAnswer = Answer<'getFileContent'>
export type CreateShareLinkBody = NonNullable<
  NonNullable<operations['createShareLink']['requestBody']>['content']['application/json']
>
export type CreatedShareLink = Answer<'createShareLink'>
export type ListShareLinksAnswer = Answer<'listShareLinks'>
export type ShareLink = ListShareLinksAnswer['links'][number]
export type ListEventsQuery = Query<'listEvents'>
export type ListEventsAnswer = Answer<'listEvents'>
export type WaybillEvent = ListEventsAnswer['events'][number]
export type Me = Answer<'getMe'>
export type SignInOptions = Answer<'getSignIn'>
export type Member = Answer<'getMember'>
export type ListMembersQuery = Query<'listMembers'>
export type ListMembersAnswer = Answer<'listMembers'>
export type AddMemberBody = Body<'addMember'>
export type UpdateMemberBody = Body<'updateMember'>
export type Webhook = Answer<'getWebhook'>
export type CreateWebhookBody = Body<'createWebhook'>
export type CreatedWebhook = Answer<'createWebhook'>
export type ListWebhooksAnswer = Answer<'listWebhooks'>
export type UpdateWebhookBody = Body<'updateWebhook'>
export type TestWebhookAnswer = Answer<'testWebhook'>
export type ListDeliveriesQuery = Query<'listWebhookDeliveries'>
export type ListDeliveriesAnswer = Answer<'listWebhookDeliveries'>
export type WebhookDelivery = ListDeliveriesAnswer['deliveries'][number]
export type UploadFilesAnswer = Answer<'uploadFiles'>
export type SignUploadPartsBody = Body<'signUploadParts'>
export type SignUploadPartsAnswer = Answer<'signUploadParts'>
export type CompleteDirectUploadBody = Body<'completeDirectUpload'>
export type CompleteDirectUploadAnswer = Answer<'completeDirectUpload'>
export type ListUploadsQuery = Query<'listUploads'>
export type ListUploadsAnswer = Answer<'listUploads'>

export type VectorStore = Answer<'getVectorStore'>['data']
export type CreateVectorStoreBody = Body<'createVectorStore'>
export type UpdateVectorStoreBody = Body<'updateVectorStore'>
export type ListVectorStoresQuery = Query<'listVectorStores'>
export type ListVectorStoresAnswer = Answer<'listVectorStores'>
export type VectorStoreUsage = Answer<'getStoreUsage'>['data']
export type VectorStoreFile = Answer<'getStoreFile'>['data']
export type AddStoreFileBody = Omit<Body<'addStoreFile'>, 'file_id' | 'fileId'>
export type UpdateStoreFileBody = Body<'updateStoreFile'>
export type ListStoreFilesQuery = Query<'listStoreFiles'>
export type ListStoreFilesAnswer = Answer<'listStoreFiles'>['data']
export type ProcessingStatus = Answer<'getStoreFileStatus'>['data']
export type StoreFileLog = Answer<'getStoreFileLog'>['data']
export type RetryStoreFileBody = NonNullable<
  NonNullable<operations['retryStoreFile']['requestBody']>['content']['application/json']
>
export type SearchBody = Body<'searchVectorStore'>
export type SearchAnswer = Answer<'searchVectorStore'>['data']
export type SearchResult = SearchAnswer['results'][number]

export type Thread = Answer<'getConversation'>['data']
export type CreateThreadBody = NonNullable<
  NonNullable<operations['createConversation']['requestBody']>['content']['application/json']
>
export type UpdateThreadBody = Body<'updateConversation'>
export type ListThreadsQuery = Query<'listConversations'>
export type ListThreadsAnswer = Answer<'listConversations'>['data']
export type Message = Answer<'getConversationItem'>['data']
export type CreateMessageBody = Body<'addConversationItems'>
export type ListMessagesQuery = Query<'listConversationItems'>
export type ListMessagesAnswer = Answer<'listConversationItems'>['data']

export type ModelAnswer = Answer<'getResponse'>
export type GetModelResponseQuery = Query<'getResponse'>
/** Request without `stream`: the client waits for the complete answer. */
export type CreateModelResponseBody = Omit<Body<'createResponse'>, 'stream'>
