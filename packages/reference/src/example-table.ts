/** Value of a field of a body: a literal, or a variable of the environment. */
export type FieldValue =
  | string
  | number
  | readonly string[]
  | readonly number[]
  | readonly Fields[]
  | { readonly variable: string }
export type Fields = Readonly<Record<string, FieldValue>>

/** Parts of an operation's examples that the OpenAPI document does not contain. */
export interface ExampleRow {
  /** Body of the request. */
  readonly fields?: Fields
  /** Prints `answer`; its JSON or, where it has no body, its status otherwise. */
  readonly python?: string
  /** Calls the operation with the client `waybill` and prints the answer; `fields` is the body as an object literal. */
  readonly typescript?: (fields: string) => string
}

/** Rows by operation. The examples of all other operations are files in `examples/`. */
export const EXAMPLE_TABLE: Readonly<Record<string, ExampleRow>> = {
  checkHealth: {},
  checkHealthDetails: {},
  getSignIn: {
    typescript: () => `const { oidc } = await waybill.signInOptions()
console.log(oidc)`,
  },
  getMe: {
    typescript: () => `const { user, organizations } = await waybill.me()
console.log(user, organizations)`,
  },
  listMembers: {
    python: `for member in answer.json()["members"]:
    print(member["id"], member["email"], member["role"])`,
    typescript: () => `for await (const { id, email, role } of waybill.members.list()) {
  console.log(id, email, role)
}`,
  },
  addMember: {
    fields: { email: 'ada@example.com', role: 'member', departments: ['Sales'] },
    python: `member = answer.json()
print(member["id"], member["state"])`,
    typescript: (fields) => `const { id, state } = await waybill.members.add(${fields})
console.log(id, state)`,
  },
  getMember: {
    typescript: () => 'console.log(await waybill.members.get(MEMBER_ID))',
  },
  updateMember: {
    fields: { role: 'viewer' },
    typescript: (fields) => `const member = await waybill.members.update(MEMBER_ID, ${fields})
console.log(member)`,
  },
  deleteMember: {
    typescript: () => `await waybill.members.remove(MEMBER_ID)
console.log(\`\${MEMBER_ID} is removed\`)`,
  },
  getOrganization: {
    typescript: () => 'console.log(await waybill.organizations.get())',
  },

  createApiKey: {
    fields: { key_name: 'Nightly archive', scopes: ['files:read'] },
    python: `created = answer.json()
print(created["id"], created["key"])`,
    typescript: (fields) => `const { id, key } = await waybill.apiKeys.create(${fields})
console.log(id, key)`,
  },
  listApiKeys: {
    python: `for key in answer.json()["keys"]:
    print(key["id"], key["key_name"], key["scopes"])`,
    typescript: () => `for await (const { id, key_name, scopes } of waybill.apiKeys.list()) {
  console.log(id, key_name, scopes)
}`,
  },
  getApiKey: {
    typescript: () => 'console.log(await waybill.apiKeys.get(KEY_ID))',
  },
  updateApiKey: {
    fields: { key_name: 'Weekly archive', expires_at: '2099-12-31T23:59:59Z' },
    typescript: (fields) => `const key = await waybill.apiKeys.update(KEY_ID, ${fields})
console.log(key)`,
  },
  deleteApiKey: {
    python: `print(answer.json()["message"])
for key in answer.json()["created_keys"]:
    print(key["id"], key["key_name"])`,
    typescript: () => `const deleted = await waybill.apiKeys.delete(KEY_ID)
console.log(\`\${KEY_ID} is deleted\`)
for (const { id, key_name } of deleted?.created_keys ?? []) {
  console.log(\`\${id} (\${key_name}), which it created, still works\`)
}`,
  },
  deactivateApiKey: {
    typescript: () => 'console.log(await waybill.apiKeys.deactivate(KEY_ID))',
  },
  activateApiKey: {
    typescript: () => 'console.log(await waybill.apiKeys.activate(KEY_ID))',
  },
  pauseApiKey: {
    typescript: () => 'console.log(await waybill.apiKeys.pause(KEY_ID))',
  },
  unpauseApiKey: {
    typescript: () => 'console.log(await waybill.apiKeys.unpause(KEY_ID))',
  },
  rotateApiKey: {
    python: 'print(answer.json()["new_key"]["key"])',
    typescript: () => `const { new_key } = await waybill.apiKeys.rotate(KEY_ID)
console.log(new_key.key)`,
  },
  createS3Credentials: {
    python: `issued = answer.json()
print(issued["access_key_id"], issued["secret_access_key"])`,
    typescript: () => `const issued = await waybill.apiKeys.createS3Credentials(KEY_ID)
console.log(issued.access_key_id, issued.secret_access_key)`,
  },
  deleteS3Credentials: {
    typescript: () => 'await waybill.apiKeys.deleteS3Credentials(KEY_ID)',
  },

  listEvents: {
    python: `for event in answer.json()["events"]:
    print(event["type"], event["data"])`,
    typescript: () => `for await (const { type, data } of waybill.events.list()) {
  console.log(type, data)
}`,
  },
  createWebhook: {
    fields: { url: 'https://receiver.example/waybill', types: ['file.created'] },
    python: `created = answer.json()
print(created["id"], created["secret"])`,
    typescript: (fields) => `const { id, secret } = await waybill.webhooks.create(${fields})
console.log(id, secret)`,
  },
  listWebhooks: {
    python: `for webhook in answer.json()["webhooks"]:
    print(webhook["id"], webhook["url"])`,
    typescript: () => `for (const { id, url } of await waybill.webhooks.list()) {
  console.log(id, url)
}`,
  },
  getWebhook: {
    typescript: () => 'console.log(await waybill.webhooks.get(WEBHOOK_ID))',
  },
  updateWebhook: {
    fields: { types: ['file.created', 'file.deleted'] },
    typescript: (fields) => `const webhook = await waybill.webhooks.update(WEBHOOK_ID, ${fields})
console.log(webhook)`,
  },
  deleteWebhook: {
    typescript: () => `await waybill.webhooks.delete(WEBHOOK_ID)
console.log(\`\${WEBHOOK_ID} is deleted\`)`,
  },
  rotateWebhook: {
    python: 'print(answer.json()["secret"])',
    typescript: () => `const { secret } = await waybill.webhooks.rotate(WEBHOOK_ID)
console.log(secret)`,
  },
  testWebhook: {
    typescript: () => 'console.log(await waybill.webhooks.test(WEBHOOK_ID))',
  },
  listWebhookDeliveries: {
    python: `for delivery in answer.json()["deliveries"]:
    print(delivery["id"], delivery["state"])`,
    typescript: () => `for await (const { id, state } of waybill.webhooks.listDeliveries(WEBHOOK_ID)) {
  console.log(id, state)
}`,
  },
  retryWebhookDelivery: {
    typescript: () => `const delivery = await waybill.webhooks.retryDelivery(WEBHOOK_ID, DELIVERY_ID)
console.log(delivery.id, delivery.state)`,
  },

  createUploadUrl: {
    fields: { filename: 'hello.txt', file_size: 16, mime_type: 'text/plain' },
    python: `opened = answer.json()
print(opened["upload_url"], opened["gcs_path"])`,
    typescript: (fields) => `const { upload_url, gcs_path } = await waybill.files.createUploadUrl(${fields})
console.log(upload_url, gcs_path)`,
  },
  registerFile: {
    fields: {
      filename: 'hello.txt',
      gcs_path: { variable: 'GCS_PATH' },
      file_size: 16,
      mime_type: 'text/plain',
    },
    python: 'print(answer.json()["id"])',
    typescript: (fields) => `const file = await waybill.files.register(${fields})
console.log(file.id)`,
  },
  getFile: {
    typescript: () => 'console.log(await waybill.files.get(FILE_ID))',
  },
  getFileContent: {
    python: 'print(answer.json()["download_url"])',
    typescript: () => `const { download_url } = await waybill.files.getContent(FILE_ID)
console.log(download_url)`,
  },
  deleteFile: {
    typescript: () => `await waybill.files.delete(FILE_ID)
console.log(\`\${FILE_ID} is deleted\`)`,
  },
  restoreFile: {
    python: 'print(answer.json()["id"])',
    typescript: () => `const file = await waybill.files.restore(FILE_ID)
console.log(file.id)`,
  },
  createShareLink: {
    fields: { expires_in: 604800, max_downloads: 10 },
    python: `link = answer.json()
print(link["id"], link["url"])`,
    typescript: (fields) => `const { id, url } = await waybill.files.links.create(FILE_ID, ${fields})
console.log(id, url)`,
  },
  listShareLinks: {
    python: `for link in answer.json()["links"]:
    print(link["id"], link["expires_at"], link["downloads"])`,
    typescript: () => `for (const { id, expires_at, downloads } of await waybill.files.links.list(FILE_ID)) {
  console.log(id, expires_at, downloads)
}`,
  },
  deleteShareLink: {
    typescript: () => `await waybill.files.links.delete(FILE_ID, LINK_ID)
console.log(\`\${LINK_ID} is deleted\`)`,
  },
  listUploads: {
    python: `for upload in answer.json()["uploads"]:
    print(upload["file_id"], upload["received_bytes"])`,
    typescript: () => `for await (const {
  file_id,
  received_bytes,
  file_size,
} of waybill.files.listUploads()) {
  console.log(file_id, received_bytes, 'of', file_size)
}`,
  },
  signUploadParts: {
    fields: { numbers: [1] },
    python: `for part in answer.json()["parts"]:
    print(part["number"], part["size"], part["url"])`,
    typescript: (fields) => `const { parts } = await waybill.files.signUploadParts(
  FILE_ID,
  ${fields},
)
for (const { number, size, url } of parts) {
  console.log(number, size, url)
}`,
  },
  cancelUpload: {
    typescript: () => `await waybill.files.cancelUpload(FILE_ID)
console.log(\`the upload of \${FILE_ID} is cancelled\`)`,
  },

  createVectorStore: {
    fields: { name: 'Contracts', description: 'Signed contracts' },
    python: 'print(answer.json()["data"]["id"])',
    typescript: (fields) => `const store = await waybill.vectorStores.create(${fields})
console.log(store.id)`,
  },
  listVectorStores: {
    python: `for store in answer.json()["data"]:
    print(store["id"], store["name"], store["file_count"])`,
    typescript: () => `for await (const { id, name, file_count } of waybill.vectorStores.list()) {
  console.log(id, name, file_count)
}`,
  },
  getStoreUsage: {
    typescript: () => 'console.log(await waybill.vectorStores.usage())',
  },
  getVectorStore: {
    typescript: () => 'console.log(await waybill.vectorStores.get(VECTOR_STORE_ID))',
  },
  updateVectorStore: {
    fields: { name: 'Contracts of 2026' },
    typescript: (fields) => `const store = await waybill.vectorStores.update(VECTOR_STORE_ID, ${fields})
console.log(store)`,
  },
  deleteVectorStore: {
    typescript: () => `await waybill.vectorStores.delete(VECTOR_STORE_ID)
console.log(\`\${VECTOR_STORE_ID} is deleted\`)`,
  },
  addStoreFile: {
    fields: { file_id: { variable: 'FILE_ID' } },
    typescript: () => `// Waits until the file is completed or failed.
const file = await waybill.vectorStores.files.addAndWait(VECTOR_STORE_ID, FILE_ID)
console.log(file.file_id, file.processing_status, file.error_message)`,
  },
  listStoreFiles: {
    python: `for file in answer.json()["data"]["files"]:
    print(file["file_id"], file["processing_status"])`,
    typescript: () => `const files = waybill.vectorStores.files.list(VECTOR_STORE_ID)
for await (const { file_id, processing_status } of files) {
  console.log(file_id, processing_status)
}`,
  },
  getStoreFile: {
    typescript: () => 'console.log(await waybill.vectorStores.files.get(VECTOR_STORE_ID, FILE_ID))',
  },
  getStoreFileStatus: {
    typescript: () => 'console.log(await waybill.vectorStores.files.status(VECTOR_STORE_ID, FILE_ID))',
  },
  getStoreFileLog: {
    typescript: () => 'console.log(await waybill.vectorStores.files.logs(VECTOR_STORE_ID, FILE_ID))',
  },
  retryStoreFile: {
    typescript: () => 'console.log(await waybill.vectorStores.files.retry(VECTOR_STORE_ID, FILE_ID))',
  },
  removeStoreFile: {
    typescript: () => `await waybill.vectorStores.files.remove(VECTOR_STORE_ID, FILE_ID)
console.log(\`\${FILE_ID} is removed\`)`,
  },
  searchVectorStore: {
    fields: { query: 'hello' },
    python: `for result in answer.json()["data"]["results"]:
    print(result["score"], result["filename"], result["text"])`,
    typescript: (fields) => `const { results } = await waybill.vectorStores.search(VECTOR_STORE_ID, ${fields})
for (const { score, filename, text } of results) {
  console.log(score, filename, text)
}`,
  },

  createConversation: {
    fields: { title: 'The contract' },
    python: 'print(answer.json()["data"]["id"])',
    typescript: (fields) => `const thread = await waybill.threads.create(${fields})
console.log(thread.id)`,
  },
  listConversations: {
    python: `for thread in answer.json()["data"]["threads"]:
    print(thread["id"], thread["title"], thread["message_count"])`,
    typescript: () => `for await (const { id, title, message_count } of waybill.threads.list()) {
  console.log(id, title, message_count)
}`,
  },
  getConversation: {
    typescript: () => 'console.log(await waybill.threads.get(THREAD_ID))',
  },
  updateConversation: {
    fields: { title: 'The contract of 2026' },
    typescript: (fields) => `const thread = await waybill.threads.update(THREAD_ID, ${fields})
console.log(thread)`,
  },
  deleteConversation: {
    typescript: () => `await waybill.threads.delete(THREAD_ID)
console.log(\`\${THREAD_ID} is deleted\`)`,
  },
  addConversationItems: {
    fields: { role: 'user', content: 'When does the contract end?' },
    python: 'print(answer.json()["data"]["id"])',
    typescript: (fields) => `const message = await waybill.threads.messages.create(THREAD_ID, ${fields})
console.log(message.id)`,
  },
  listConversationItems: {
    python: `for message in answer.json()["data"]["messages"]:
    print(message["id"], message["role"], message["content"])`,
    typescript: () => `const messages = waybill.threads.messages.list(THREAD_ID)
for await (const { id, role, content } of messages) {
  console.log(id, role, content)
}`,
  },
  getConversationItem: {
    typescript: () => 'console.log(await waybill.threads.messages.get(THREAD_ID, MESSAGE_ID))',
  },
  deleteConversationItem: {
    typescript: () => `await waybill.threads.messages.delete(THREAD_ID, MESSAGE_ID)
console.log(\`\${MESSAGE_ID} is deleted\`)`,
  },

  createResponse: {
    fields: { inputs: [{ role: 'user', content: 'When does the contract end?' }], output_mode: 'plain' },
    python: `print(answer.json()["response_id"], answer.json()["thread_id"])
print(answer.json()["response"])`,
    typescript: (fields) => `const answer = await waybill.responses.create(${fields})
console.log(answer.response_id, answer.thread_id)
console.log(answer.response)`,
  },
  getResponse: {
    typescript: () => 'console.log(await waybill.responses.get(RESPONSE_ID))',
  },
  deleteResponse: {
    typescript: () => `await waybill.responses.delete(RESPONSE_ID)
console.log(\`\${RESPONSE_ID} is deleted\`)`,
  },
}
