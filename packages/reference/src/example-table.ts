/** Value of a field of a body: a literal, or a variable of the environment. */
export type FieldValue = string | number | readonly string[] | { readonly variable: string }
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
  cancelUpload: {
    typescript: () => `await waybill.files.cancelUpload(FILE_ID)
console.log(\`the upload of \${FILE_ID} is cancelled\`)`,
  },
}
