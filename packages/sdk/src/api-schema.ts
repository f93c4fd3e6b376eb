// openapi-typescript generates this file from api/openapi.json: run "npm run openapi" instead of editing it.

export interface paths {
    readonly "/v1/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/health/details": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/sign-in": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get what a client needs to sign in a user */
        readonly get: operations["getSignIn"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get the user or the API key of the request, with its organizations */
        readonly get: operations["getMe"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get the organization and its storage usage */
        readonly get: operations["getOrganization"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/members": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List members and invitations, oldest first */
        readonly get: operations["listMembers"];
        readonly put?: never;
        /**
         * Add a user, or invite an e-mail address
         * @description Send `email` or `user_id`. Who signs in with the invited address, verified by the provider, becomes the member. The service sends no mail. With `OIDC_ORGANIZATION_CLAIM`, the provider decides about members instead.
         */
        readonly post: operations["addMember"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/members/{member_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a member or an invitation */
        readonly get: operations["getMember"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Remove a member, or withdraw an invitation
         * @description Later requests of the user are refused, also with tokens that are still valid. Keys that the user has created stay.
         */
        readonly delete: operations["deleteMember"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change the role or the departments of a member
         * @description Absent fields do not change. Requests that begin later have the new role. One owner always stays.
         */
        readonly patch: operations["updateMember"];
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/api-keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List keys, newest first */
        readonly get: operations["listApiKeys"];
        readonly put?: never;
        /** Create a key; only this response contains its secret */
        readonly post: operations["createApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/api-keys/{key_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a key */
        readonly get: operations["getApiKey"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a key
         * @description By default, this also ends the unfinished upload sessions of the key and revokes its download URLs and share links. Keys that it created remain valid, and the response lists them. The last usable admin key cannot be deleted, deactivated or paused.
         */
        readonly delete: operations["deleteApiKey"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change the name, scopes or expiry of a key
         * @description Absent fields do not change.
         */
        readonly patch: operations["updateApiKey"];
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/api-keys/{key_id}/activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Activate a key */
        readonly post: operations["activateApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/api-keys/{key_id}/deactivate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Deactivate a key
         * @description Requests with the key are refused until it is activated again. By default, its upload sessions, download URLs and share links remain valid; `end_sessions` and `revoke_links` end the existing ones. The response lists the keys that it created.
         */
        readonly post: operations["deactivateApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/api-keys/{key_id}/pause": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Pause a key
         * @description Requests with the key are refused until the pause ends. A deactivated key stays deactivated.
         */
        readonly post: operations["pauseApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/api-keys/{key_id}/unpause": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End the pause of a key */
        readonly post: operations["unpauseApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/api-keys/{key_id}/rotate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Replace the secret of a key; only this response contains the new one
         * @description The old secret is refused from now on. The key keeps its id, name and scopes, and also its upload sessions and download URLs. If the old secret may be stolen, first deactivate the key with `end_sessions` and `revoke_links`.
         */
        readonly post: operations["rotateApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/api-keys/{key_id}/s3-credentials": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Issue S3 credentials of a key; only this response contains their secret
         * @description Clients of S3 sign requests with them. They permit what the key permits, and are refused while the key is paused, deactivated or expired. A key has one pair: issuing a new one ends the old one.
         */
        readonly post: operations["createS3Credentials"];
        /**
         * End the S3 credentials of a key
         * @description Requests that are signed with them are refused from now on, presigned URLs included.
         */
        readonly delete: operations["deleteS3Credentials"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/upload-url": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Create an upload session; send the bytes to its `upload_url`
         * @description Reserves the size from the quota of the organization until the file is registered or the session ends. Sending the bytes needs no key: the URL is the credential. The number of unfinished sessions of an organization is limited, to 10,000 unless the operator set another limit. A request beyond the limit is refused with 429 `RATE_LIMIT_EXCEEDED`, and `details.limit` has the limit.
         */
        readonly post: operations["createUploadUrl"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/tus": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Create an upload with tus
         * @description For clients of [tus 1.0](https://tus.io/protocols/resumable-upload), such as Uppy and tus-js-client. `Location` is the session URL, to which the client sends the bytes without a key. The File is registered when the last byte has arrived; its `id` is in `X-Waybill-File-Id`. The body may have the first bytes. The extensions are creation, creation-with-upload, creation-defer-length, expiration, checksum, checksum-trailer, termination and concatenation.
         */
        readonly post: operations["createTusUpload"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/resumable": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /**
         * Create an upload with the resumable uploads of the IETF
         * @description For clients of [draft-ietf-httpbis-resumable-upload](https://datatracker.ietf.org/doc/draft-ietf-httpbis-resumable-upload/). The body is the file, or its beginning with `Upload-Complete: ?0`; without `Upload-Complete` it is the whole file of an ordinary upload. The response to the complete file is the File. `Location` of an incomplete upload is the session URL, to which the client sends the rest without a key. POST and PUT do the same.
         */
        readonly put: operations["createResumableUploadByPut"];
        /**
         * Create an upload with the resumable uploads of the IETF
         * @description For clients of [draft-ietf-httpbis-resumable-upload](https://datatracker.ietf.org/doc/draft-ietf-httpbis-resumable-upload/). The body is the file, or its beginning with `Upload-Complete: ?0`; without `Upload-Complete` it is the whole file of an ordinary upload. The response to the complete file is the File. `Location` of an incomplete upload is the session URL, to which the client sends the rest without a key. POST and PUT do the same.
         */
        readonly post: operations["createResumableUpload"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List Files, newest first, search them, or list a folder
         * @description Pass `next_cursor` as `after` to get the next page. The cost does not grow with depth. Numbered pages end at entry 10,000, and with a filter or in order of names or sizes at entry 1,000; a deeper page is refused with 422 `VALIDATION_ERROR`. All filters must match. With a filter, or in order of names or sizes, `total` is null, and a page may have fewer entries than `limit`, or none, while `has_more` is true: each request reads a bounded number of Files. Pages behind such a page have no numbers.
         */
        readonly get: operations["listFiles"];
        readonly put?: never;
        /**
         * Register a completed upload as a File
         * @description Checks that the upload is complete, that its size is the declared size, and that its content does not contradict the declared type. The call is idempotent: repeating it returns the same File. After a refusal, the upload remains until its session expires, so that the call can be corrected.
         */
        readonly post: operations["registerFile"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/{file_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a File */
        readonly get: operations["getFile"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a File and its bytes, or move it to the trash
         * @description A File in the trash is like a deleted one for all other endpoints, except that it counts in the quota. It is in no vector store. The service deletes it after some days (7, unless the operator chose another number). Deleting it without `trash` deletes it at once; with `trash`, the request changes nothing, so that it can be repeated.
         */
        readonly delete: operations["deleteFile"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Rename or move a File, or replace its metadata
         * @description Absent fields stay. `storage_path` keeps its name. Vector stores show the new name, and do not index the File again.
         */
        readonly patch: operations["updateFile"];
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/{file_id}/restore": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Move a File out of the trash
         * @description The File does not return to its vector stores. A File that is not in the trash does not change.
         */
        readonly post: operations["restoreFile"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/{file_id}/content": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a download URL, valid for one hour
         * @description The URL needs no key, so that a browser can open it. Revoking the links of the key that requested the URL also revokes the URL. A URL of a storage provider cannot be revoked; it expires by itself.
         */
        readonly get: operations["getFileContent"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/upload": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Upload small files in one request, all or none
         * @description For files that do not need resumable uploads, up to 100 MB each unless the operator set another limit, and for empty files, which upload sessions do not accept. The checks are those of registration; an empty file may have any type. A part without a Content-Type has no declared type: the service detects it from the signature, the file extension, and whether the content is text. If the file name is a path, its last segment is used. `filename*` takes precedence over `filename`. Parts with other names are ignored. At most 100 parts.
         */
        readonly post: operations["uploadFiles"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/uploads": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List open upload sessions, newest first
         * @description The list does not contain their URLs, which are credentials.
         */
        readonly get: operations["listUploads"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/uploads/{file_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Cancel an upload session
         * @description Deletes the received bytes, and releases the reserved quota. Cancelling a cancelled session is not an error.
         */
        readonly delete: operations["cancelUpload"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/uploads/{file_id}/parts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Get URLs for parts of a direct upload
         * @description For uploads with `upload_type` `parts`. Send the bytes of each part with PUT to its `url`, without a key and in any order, and keep the `ETag` of each response. A part can be sent again. The storage refuses a body of another size.
         */
        readonly post: operations["signUploadParts"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/uploads/{file_id}/complete": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Join the parts of a direct upload
         * @description The service reads the complete object once to compute its checksums, so this takes time for large files. Register the file afterwards. The same request again has the same response.
         */
        readonly post: operations["completeDirectUpload"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/{file_id}/links": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the links of a File, newest first
         * @description Expired and revoked links are not in the list. It does not contain the URLs of the links.
         */
        readonly get: operations["listShareLinks"];
        readonly put?: never;
        /**
         * Create a link to a File, for people without a key
         * @description Only this response contains the `url`: the service stores only the hash of its secret. A File has at most 100 links. Revoking the links of the key that created the link also revokes the link.
         */
        readonly post: operations["createShareLink"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/{file_id}/links/{link_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Delete a link, so that its URL is refused */
        readonly delete: operations["deleteShareLink"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/files/{file_id}/download": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/share": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List vector stores
         * @description Lists the stores that the key may see. Pass `next_cursor` as `after` to get the next page. The cost does not grow with depth.
         */
        readonly get: operations["listVectorStores"];
        readonly put?: never;
        /**
         * Create a vector store
         * @description A file of `file_ids` that does not exist is added as failed; the others are indexed.
         */
        readonly post: operations["createVectorStore"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores/usage": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the sizes of the vector stores
         * @description Counts the stores that the key may see.
         */
        readonly get: operations["getStoreUsage"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores/{vector_store_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a vector store */
        readonly get: operations["getVectorStore"];
        readonly put?: never;
        readonly post?: never;
        /** Delete a vector store; its Files stay */
        readonly delete: operations["deleteVectorStore"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a vector store
         * @description Absent fields do not change. Null removes the description, the metadata or the expiry. `metadata` replaces all pairs.
         */
        readonly patch: operations["updateVectorStore"];
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores/{vector_store_id}/files": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the files of a vector store, newest first
         * @description Pass `next_cursor` as `after` to get the next page. The cost does not grow with depth. Numbered pages end at entry 10,000; a deeper page is refused with 422 `VALIDATION_ERROR`.
         */
        readonly get: operations["listStoreFiles"];
        readonly put?: never;
        /**
         * Add a File to a vector store
         * @description Its text is extracted and indexed after the answer. Adding a File again returns it as it is, with `attributes` replaced where they are given. A new `chunking_strategy`, or an earlier failure, indexes it again. Needs the scope `files:read` too.
         */
        readonly post: operations["addStoreFile"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores/{vector_store_id}/files/{file_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a file of a vector store */
        readonly get: operations["getStoreFile"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Remove a file from a vector store; the File stays
         * @description A search that begins after the answer does not find it.
         */
        readonly delete: operations["removeStoreFile"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Replace the attributes of a file of a vector store
         * @description Filters compare the new attributes at once. Null removes them.
         */
        readonly patch: operations["updateStoreFile"];
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores/{vector_store_id}/files/{file_id}/status": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get the progress of a file of a vector store */
        readonly get: operations["getStoreFileStatus"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores/{vector_store_id}/files/{file_id}/logs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the log of a file of a vector store
         * @description Entries are kept for 30 days.
         */
        readonly get: operations["getStoreFileLog"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores/{vector_store_id}/files/{file_id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Index a failed file of a vector store again
         * @description A pending or processing file is returned unchanged. A completed file is refused with 409 `FILE_ALREADY_PROCESSED`, unless `force` is true; its chunks answer searches meanwhile.
         */
        readonly post: operations["retryStoreFile"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores/{vector_store_id}/search": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Search a vector store
         * @description Only completed files are searched. The score of a chunk without any word of the query is below 0.2.
         */
        readonly post: operations["searchVectorStore"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/vector-stores/search": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Search several vector stores together
         * @description The results of all stores are one list, the best first.
         */
        readonly post: operations["searchVectorStores"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List events
         * @description What happened to Files, uploads, vector stores and keys. Events are kept for 30 days, or `EVENT_DAYS`. The list leaves out types that the scopes of the key may not read, and events of private vector stores of other keys.
         */
        readonly get: operations["listEvents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/events/stream": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Follow events as they happen
         * @description A stream of the same events, as `text/event-stream`. The `id` of an event is a cursor: a client that sends the last one as `Last-Event-ID` goes on without a gap. Without a cursor, the stream begins now. A comment comes every 15 seconds. The stream ends when the key can no longer be used.
         */
        readonly get: operations["streamEvents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/webhooks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List all webhooks, oldest first */
        readonly get: operations["listWebhooks"];
        readonly put?: never;
        /**
         * Add a webhook; only this response contains its secret
         * @description The service sends each event that happens from now on to the URL, signed as the specification of Standard Webhooks says. An answer with a status of 2xx ends the delivery. Others are repeated after 5 seconds, 1, 5 and 30 minutes, 2, 5, 10 and 10 hours. An organization can have 100 webhooks.
         */
        readonly post: operations["createWebhook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/webhooks/{webhook_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a webhook */
        readonly get: operations["getWebhook"];
        readonly put?: never;
        readonly post?: never;
        /** Delete a webhook */
        readonly delete: operations["deleteWebhook"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a webhook
         * @description Absent fields do not change. `is_active: true` also activates a webhook that the service deactivated.
         */
        readonly patch: operations["updateWebhook"];
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/webhooks/{webhook_id}/rotate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Replace the secret; only this response contains the new one
         * @description For 24 hours, requests are signed with both secrets, so that no receiver misses one.
         */
        readonly post: operations["rotateWebhook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/webhooks/{webhook_id}/test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send a ping now
         * @description Sends an event of the type `ping`, and returns what came back, within 15 seconds.
         */
        readonly post: operations["testWebhook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/webhooks/{webhook_id}/deliveries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List deliveries, newest first */
        readonly get: operations["listWebhookDeliveries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/organizations/{organization_id}/webhooks/{webhook_id}/deliveries/{delivery_id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send a delivery once more, now */
        readonly post: operations["retryWebhookDelivery"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/threads": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List threads
         * @description Lists the threads that the key created, newest first; all threads for a key with `admin`.
         */
        readonly get: operations["listConversations"];
        readonly put?: never;
        /**
         * Create a thread
         * @description A thread is a conversation of the OpenAI API.
         */
        readonly post: operations["createConversation"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/threads/{thread_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a thread */
        readonly get: operations["getConversation"];
        readonly put?: never;
        readonly post?: never;
        /** Delete a thread with its messages */
        readonly delete: operations["deleteConversation"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a thread
         * @description Absent fields do not change. Null removes the title or the metadata.
         */
        readonly patch: operations["updateConversation"];
        readonly trace?: never;
    };
    readonly "/v1/threads/{thread_id}/messages": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the messages of a thread
         * @description Oldest first unless `order` is `desc`. A page of large messages may have fewer than `take`, with `has_more`: skip as many messages as you have.
         */
        readonly get: operations["listConversationItems"];
        readonly put?: never;
        /** Add a message to a thread */
        readonly post: operations["addConversationItems"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/threads/{thread_id}/messages/{message_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a message of a thread */
        readonly get: operations["getConversationItem"];
        readonly put?: never;
        readonly post?: never;
        /** Delete a message of a thread */
        readonly delete: operations["deleteConversationItem"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/model/response": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Let a model answer
         * @description With `stream: true` the response is a stream of the events of OpenAI's Responses API; the last one has this answer as `freddy`.
         */
        readonly post: operations["createResponse"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/model/response/{response_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a stored response */
        readonly get: operations["getResponse"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a stored response
         * @description The messages stay in the thread.
         */
        readonly delete: operations["deleteResponse"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/upload/storage/v1/b/waybill/o": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The body of every error, except errors of session URIs, which have Google's form. The error of an unknown URL is 404 `NOT_FOUND`. The error of an unsupported method is 405 `METHOD_NOT_ALLOWED`, with the header `Allow`; that of a `Transfer-Encoding` other than `chunked` is 501 `NOT_IMPLEMENTED`. */
        readonly Error: {
            /** @constant */
            readonly success: false;
            readonly error: {
                /**
                 * @description The code, for programs.
                 * @enum {string}
                 */
                readonly code: "INVALID_REQUEST" | "INTERNAL_ERROR" | "SERVICE_UNAVAILABLE" | "STORAGE_FULL" | "AUTHENTICATION_REQUIRED" | "INVALID_API_KEY" | "API_KEY_EXPIRED" | "API_KEY_DEACTIVATED" | "API_KEY_PAUSED" | "INSUFFICIENT_PERMISSIONS" | "ORGANIZATION_ACCESS_DENIED" | "RATE_LIMIT_EXCEEDED" | "INVALID_JSON" | "UNSUPPORTED_MEDIA_TYPE" | "REQUEST_TOO_LARGE" | "REQUEST_TIMEOUT" | "VALIDATION_ERROR" | "MEMBER_EXISTS" | "MEMBERS_MANAGED_BY_PROVIDER" | "MEMBER_NOT_FOUND" | "LAST_OWNER" | "API_KEY_NOT_FOUND" | "LAST_ADMIN_KEY" | "STORAGE_QUOTA_EXCEEDED" | "FILE_TOO_LARGE" | "UNSUPPORTED_FILE_TYPE" | "FILE_TYPE_MISMATCH" | "FILE_REJECTED" | "STORAGE_UNAVAILABLE" | "UPLOAD_NOT_FOUND" | "UPLOAD_INCOMPLETE" | "FILE_ALREADY_REGISTERED" | "UPLOAD_SESSION_EXPIRED" | "FILE_SIZE_MISMATCH" | "SCAN_PENDING" | "CHECKSUM_MISMATCH" | "FILE_NOT_FOUND" | "TOO_MANY_LINKS" | "LINK_NOT_FOUND" | "TOKEN_INVALID" | "PRECONDITION_FAILED" | "RANGE_NOT_SATISFIABLE" | "VECTOR_STORE_NOT_FOUND" | "VECTOR_STORE_EXPIRED" | "FILE_NOT_IN_STORE" | "FILE_ALREADY_PROCESSED" | "WEBHOOK_NOT_FOUND" | "DELIVERY_NOT_FOUND" | "THREAD_NOT_FOUND" | "MESSAGE_NOT_FOUND" | "ASSISTANT_NOT_FOUND" | "RESPONSE_NOT_FOUND" | "THREAD_BUSY" | "MODEL_NOT_FOUND" | "MODEL_REQUEST_REFUSED" | "CONTEXT_LENGTH_EXCEEDED" | "MODEL_SERVER_ERROR" | "MODEL_SERVER_NOT_CONFIGURED" | "MODEL_SERVER_TIMEOUT" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "NOT_IMPLEMENTED";
                /** @description A message for people. */
                readonly message: string;
                /** @description A message for developers. */
                readonly system_message: string;
                /** @description The category of the error. It depends only on the status. */
                readonly type: string;
                /** @description The HTTP status. */
                readonly status: number;
                /** @description Further details, such as the `field` that is not valid. */
                readonly details: Record<string, never>;
                /** @description The id of the request, which is also in the log of the service. */
                readonly trace_id: string;
                /** Format: date-time */
                readonly timestamp: string;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly getSignIn: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The ways to sign in. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description The OpenID Connect provider; null if the service has only API keys. */
                        readonly oidc: {
                            readonly issuer: string;
                            readonly client_id: string;
                            /** @description The scopes to ask for. */
                            readonly scopes: string;
                            /**
                             * @description The kind of token to send as the bearer token.
                             * @enum {string}
                             */
                            readonly token: "id_token" | "access_token";
                            /** @description The `audience` to ask the provider for; null for ID tokens. */
                            readonly audience: string | null;
                        } | null;
                    };
                };
            };
        };
    };
    readonly getMe: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Who sends the request. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description The user; null for an API key. */
                        readonly user: {
                            readonly id: string;
                            readonly issuer: string;
                            /** @description The id of the user at the issuer. */
                            readonly subject: string;
                            /** @description The name, as the provider tells it. */
                            readonly name: string | null;
                            /** @description The address, as the provider tells it. */
                            readonly email: string | null;
                            readonly email_verified: boolean;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly last_sign_in_at: string;
                        } | null;
                        /** @description The API key; null for a user. */
                        readonly api_key: {
                            readonly id: string;
                            readonly name: string;
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                        } | null;
                        readonly organizations: readonly {
                            readonly id: string;
                            readonly name: string;
                            /** @description The role of the user; null for an API key. */
                            readonly role: ("owner" | "admin" | "member" | "viewer") | null;
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                            /** @description Names of departments, which may use vector stores with the access mode `department`. */
                            readonly departments: readonly string[];
                        }[];
                    };
                };
            };
        };
    };
    readonly getOrganization: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The organization. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly name: string;
                        /** @enum {string} */
                        readonly type: "Work";
                        /** @description False if the operator has suspended the organization. */
                        readonly is_active: boolean;
                        /** @description The quota; null if there is none. */
                        readonly storage_limit_bytes: number | null;
                        /** @description The same as `storage_limit_bytes`. */
                        readonly storage_free_bytes_allowance: number | null;
                        /** @description The size of all Files. */
                        readonly storage_used_bytes: number;
                        /** @description The size that open upload sessions reserve. */
                        readonly storage_reserved_bytes: number;
                        /** @description Always null: there is no limit. */
                        readonly api_usage_limit: null;
                        /** @description Always null: there is no limit. */
                        readonly total_usage_limit: null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                };
            };
        };
    };
    readonly listMembers: {
        readonly parameters: {
            readonly query: {
                readonly limit: number;
                /** @description The `next_cursor` of the page before. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of members. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly members: readonly {
                            readonly id: string;
                            /** @enum {string} */
                            readonly state: "active" | "invited";
                            /** @description The id of the user; null until somebody accepts the invitation. */
                            readonly user_id: string | null;
                            /** @description The address of the user, or the invited one. */
                            readonly email: string | null;
                            /** @description The name of the user, as the provider tells it. */
                            readonly name: string | null;
                            /** @enum {string} */
                            readonly role: "owner" | "admin" | "member" | "viewer";
                            /** @description Names of departments, which may use vector stores with the access mode `department`. */
                            readonly departments: readonly string[];
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description The time at which the user became a member; null for an invitation. */
                            readonly joined_at: string | null;
                        }[];
                        readonly has_more: boolean;
                        /** @description The value of `after` for the next page; null on the last page. */
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly addMember: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @enum {string} */
                    readonly role: "owner" | "admin" | "member" | "viewer";
                    /** @description The address to invite. */
                    readonly email?: string | null;
                    /** @description The id of a user who has signed in. */
                    readonly user_id?: string | null;
                    /** @description Names of departments, which may use vector stores with the access mode `department`. */
                    readonly departments?: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description The member, or the invitation. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @enum {string} */
                        readonly state: "active" | "invited";
                        /** @description The id of the user; null until somebody accepts the invitation. */
                        readonly user_id: string | null;
                        /** @description The address of the user, or the invited one. */
                        readonly email: string | null;
                        /** @description The name of the user, as the provider tells it. */
                        readonly name: string | null;
                        /** @enum {string} */
                        readonly role: "owner" | "admin" | "member" | "viewer";
                        /** @description Names of departments, which may use vector stores with the access mode `department`. */
                        readonly departments: readonly string[];
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time at which the user became a member; null for an invitation. */
                        readonly joined_at: string | null;
                    };
                };
            };
        };
    };
    readonly getMember: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the member. */
                readonly member_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The member. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @enum {string} */
                        readonly state: "active" | "invited";
                        /** @description The id of the user; null until somebody accepts the invitation. */
                        readonly user_id: string | null;
                        /** @description The address of the user, or the invited one. */
                        readonly email: string | null;
                        /** @description The name of the user, as the provider tells it. */
                        readonly name: string | null;
                        /** @enum {string} */
                        readonly role: "owner" | "admin" | "member" | "viewer";
                        /** @description Names of departments, which may use vector stores with the access mode `department`. */
                        readonly departments: readonly string[];
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time at which the user became a member; null for an invitation. */
                        readonly joined_at: string | null;
                    };
                };
            };
        };
    };
    readonly deleteMember: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the member. */
                readonly member_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The member is removed. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly updateMember: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the member. */
                readonly member_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @enum {string} */
                    readonly role?: "owner" | "admin" | "member" | "viewer";
                    /** @description Names of departments, which may use vector stores with the access mode `department`. */
                    readonly departments?: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description The changed member. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @enum {string} */
                        readonly state: "active" | "invited";
                        /** @description The id of the user; null until somebody accepts the invitation. */
                        readonly user_id: string | null;
                        /** @description The address of the user, or the invited one. */
                        readonly email: string | null;
                        /** @description The name of the user, as the provider tells it. */
                        readonly name: string | null;
                        /** @enum {string} */
                        readonly role: "owner" | "admin" | "member" | "viewer";
                        /** @description Names of departments, which may use vector stores with the access mode `department`. */
                        readonly departments: readonly string[];
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time at which the user became a member; null for an invitation. */
                        readonly joined_at: string | null;
                    };
                };
            };
        };
    };
    readonly listApiKeys: {
        readonly parameters: {
            readonly query: {
                /** @description The number of the page. Pages can be numbered up to entry 10,000 (`page` × entries per page). Use `after` for entries beyond it. */
                readonly page: number;
                /** @description The number of entries per page. */
                readonly page_size: number;
                /** @description The `next_cursor` of the previous page. The page begins after the entry with this id. Overrides `page`. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of keys. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly api_keys: readonly {
                            readonly id: string;
                            /** @description The first characters of the secret. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False if the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description The permissions of the key. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator or a user did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description The time from which the key is refused; null if it does not expire. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description The last use, with a precision of one minute; null if it was never used. */
                            readonly last_used_at: string | null;
                        }[];
                        /** @description The same as `api_keys`. */
                        readonly keys: readonly {
                            readonly id: string;
                            /** @description The first characters of the secret. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False if the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description The permissions of the key. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator or a user did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description The time from which the key is refused; null if it does not expire. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description The last use, with a precision of one minute; null if it was never used. */
                            readonly last_used_at: string | null;
                        }[];
                        /** @description The number of entries on all pages. */
                        readonly total: number;
                        /** @description The requested page. */
                        readonly page: number;
                        /** @description The requested number of entries per page. */
                        readonly page_size: number;
                        /** @description True if more entries follow this page. */
                        readonly has_more: boolean;
                        /** @description The value of `after` for the next page; null on the last page. */
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly createApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description A name for people, to tell keys apart. */
                    readonly key_name: string;
                    /** @description The permissions of the key. `admin` includes all others. By default, a new key has all scopes except `admin`. Null is the same as absent. */
                    readonly scopes?: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[] | null;
                    /** @description The time from which the key is refused: ISO 8601, in the future. A time without a zone is in UTC. Null: the key does not expire. */
                    readonly expires_at?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description The key with its secret. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The first characters of the secret. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False if the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description The permissions of the key. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator or a user did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time from which the key is refused; null if it does not expire. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description The last use, with a precision of one minute; null if it was never used. */
                        readonly last_used_at: string | null;
                        /** @description The secret. No other response contains it. */
                        readonly key: string;
                    };
                };
            };
        };
    };
    readonly getApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The first characters of the secret. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False if the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description The permissions of the key. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator or a user did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time from which the key is refused; null if it does not expire. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description The last use, with a precision of one minute; null if it was never used. */
                        readonly last_used_at: string | null;
                    };
                };
            };
        };
    };
    readonly deleteApiKey: {
        readonly parameters: {
            readonly query?: {
                /** @description True ends the unfinished upload sessions that the key created, and deletes their bytes. */
                readonly end_sessions?: boolean;
                /** @description True revokes the download URLs and the share links that the key created. */
                readonly revoke_links?: boolean;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key is deleted. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        /** @description The newest 100 keys that this key created. They remain valid: delete those that should not. The response to the deletion of one of them lists the keys that it created in turn. */
                        readonly created_keys: readonly {
                            readonly id: string;
                            /** @description The first characters of the secret. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False if the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description The permissions of the key. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator or a user did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description The time from which the key is refused; null if it does not expire. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description The last use, with a precision of one minute; null if it was never used. */
                            readonly last_used_at: string | null;
                        }[];
                        /** @description The number of existing keys that this key created. */
                        readonly created_keys_total: number;
                    };
                };
            };
        };
    };
    readonly updateApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description A name for people, to tell keys apart. */
                    readonly key_name?: string;
                    /** @description The permissions of the key. `admin` includes all others. By default, a new key has all scopes except `admin`. Null is the same as absent. */
                    readonly scopes?: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[] | null;
                    /** @description The time from which the key is refused: ISO 8601, in the future. A time without a zone is in UTC. Null: the key does not expire. */
                    readonly expires_at?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description The changed key. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The first characters of the secret. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False if the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description The permissions of the key. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator or a user did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time from which the key is refused; null if it does not expire. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description The last use, with a precision of one minute; null if it was never used. */
                        readonly last_used_at: string | null;
                    };
                };
            };
        };
    };
    readonly activateApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key is active. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly id: string;
                        /** @description The first characters of the secret. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False if the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description The permissions of the key. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator or a user did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time from which the key is refused; null if it does not expire. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description The last use, with a precision of one minute; null if it was never used. */
                        readonly last_used_at: string | null;
                    };
                };
            };
        };
    };
    readonly deactivateApiKey: {
        readonly parameters: {
            readonly query?: {
                /** @description True ends the unfinished upload sessions that the key created, and deletes their bytes. */
                readonly end_sessions?: boolean;
                /** @description True revokes the download URLs and the share links that the key created. */
                readonly revoke_links?: boolean;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key is deactivated. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly id: string;
                        /** @description The first characters of the secret. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False if the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description The permissions of the key. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator or a user did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time from which the key is refused; null if it does not expire. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description The last use, with a precision of one minute; null if it was never used. */
                        readonly last_used_at: string | null;
                        /** @description The newest 100 keys that this key created. They remain valid: delete those that should not. The response to the deletion of one of them lists the keys that it created in turn. */
                        readonly created_keys: readonly {
                            readonly id: string;
                            /** @description The first characters of the secret. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False if the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description The permissions of the key. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator or a user did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description The time from which the key is refused; null if it does not expire. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description The last use, with a precision of one minute; null if it was never used. */
                            readonly last_used_at: string | null;
                        }[];
                        /** @description The number of existing keys that this key created. */
                        readonly created_keys_total: number;
                    };
                };
            };
        };
    };
    readonly pauseApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key is paused, or deactivated as before. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly id: string;
                        /** @description The first characters of the secret. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False if the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description The permissions of the key. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator or a user did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time from which the key is refused; null if it does not expire. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description The last use, with a precision of one minute; null if it was never used. */
                        readonly last_used_at: string | null;
                    };
                };
            };
        };
    };
    readonly unpauseApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key is active, or deactivated as before. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly id: string;
                        /** @description The first characters of the secret. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False if the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description The permissions of the key. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator or a user did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time from which the key is refused; null if it does not expire. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description The last use, with a precision of one minute; null if it was never used. */
                        readonly last_used_at: string | null;
                    };
                };
            };
        };
    };
    readonly rotateApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key with its new secret. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly id: string;
                        /** @description The first characters of the secret. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False if the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description The permissions of the key. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator or a user did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time from which the key is refused; null if it does not expire. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description The last use, with a precision of one minute; null if it was never used. */
                        readonly last_used_at: string | null;
                        /** @description The secret. No other response contains it. */
                        readonly key: string;
                        /** @description The same as `id`, which does not change. */
                        readonly old_key_id: string;
                        readonly new_key: {
                            readonly id: string;
                            /** @description The first characters of the secret. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False if the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description The permissions of the key. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "models:use" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator or a user did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description The time from which the key is refused; null if it does not expire. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description The last use, with a precision of one minute; null if it was never used. */
                            readonly last_used_at: string | null;
                            /** @description The secret. No other response contains it. */
                            readonly key: string;
                        };
                    };
                };
            };
        };
    };
    readonly createS3Credentials: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The credentials. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly access_key_id: string;
                        /** @description The secret. No other response contains it. */
                        readonly secret_access_key: string;
                    };
                };
            };
        };
    };
    readonly deleteS3Credentials: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the key. It is not the secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key has no S3 credentials. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly createUploadUrl: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description The file name, at most 900 bytes of UTF-8. It is not a path: `/`, `\`, control characters, line separators and bidirectional controls are not allowed. */
                    readonly filename: string;
                    /** @description The size in bytes. */
                    readonly file_size: number;
                    /** @description The media type of the content, such as `application/pdf`. Parameters are allowed, such as `text/plain; charset=utf-8` or `video/webm;codecs=vp8,opus`. Registration checks the content, and refuses a type that the content contradicts. */
                    readonly mime_type: string;
                    /** @description `parts`: the client sends parts to the S3 storage of the service directly, where the operator offers it. The other values are accepted for compatibility: every other session is resumable. */
                    readonly upload_type?: "resumable" | "parts" | "simple" | "standard";
                    /** @description Checksums to compute during the upload, in addition to the CRC-32C. The File has them as `md5` and `sha256`, and the object as `md5Hash` and `sha256Hash`. */
                    readonly checksums?: readonly ("md5" | "sha256")[];
                    /** @description The SHA-256 of the content, as 64 hexadecimal digits or in base64. If the organization has stored this content already, the File exists at once and shares the stored bytes. Otherwise the uploaded bytes must match it, and the File has it as `sha256`. */
                    readonly sha256?: string;
                    /** @description The folder, such as `reports/2026`, without slashes at its ends; empty for the root. Its segments follow the rules of file names. Folder and name together have at most 900 bytes. */
                    readonly path?: string;
                    /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                    readonly metadata?: {
                        readonly [key: string]: string;
                    };
                    /** @description The lifetime of the File, from its registration. The service deletes the File at its end. */
                    readonly expires_after?: {
                        /** @enum {string} */
                        readonly anchor: "created_at";
                        readonly seconds: number;
                    };
                    /** @description True to register the File with the last byte, without a further request. The response to that byte then has the header `X-Waybill-File-Id`; it is 422 when the content is refused, which ends the session. Not available with Google Cloud Storage. */
                    readonly auto_register?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description The upload session, or the File of content that is stored already. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /**
                         * @description False when the client has to send the bytes.
                         * @enum {boolean}
                         */
                        readonly already_stored: false;
                        /** @description The session URI, which receives the bytes. It is a credential: every client that has it can upload. */
                        readonly upload_url: string;
                        /** @description The value of `gcs_path` for registration. */
                        readonly gcs_path: string;
                        /** @description The `id` of the future File. */
                        readonly file_id: string;
                        /**
                         * Format: date-time
                         * @description The end of the session. Upload and register the file before it.
                         */
                        readonly expires_at: string;
                        /** @description The maximum size of a file in bytes. */
                        readonly max_file_size: number;
                        /** @enum {string} */
                        readonly upload_type: "resumable";
                        /** @description The recommended size in bytes of a chunk, for uploads in several requests. */
                        readonly chunk_size_recommended: number;
                    } | {
                        /**
                         * @description False when the client has to send the bytes.
                         * @enum {boolean}
                         */
                        readonly already_stored: false;
                        /** @description The value of `gcs_path` for registration. */
                        readonly gcs_path: string;
                        /** @description The `id` of the future File. */
                        readonly file_id: string;
                        /**
                         * Format: date-time
                         * @description The end of the session. Upload and register the file before it.
                         */
                        readonly expires_at: string;
                        /** @description The maximum size of a file in bytes. */
                        readonly max_file_size: number;
                        /** @enum {string} */
                        readonly upload_type: "parts";
                        /** @description The size in bytes of every part but the last. */
                        readonly part_size: number;
                        /** @description The number of parts. */
                        readonly part_count: number;
                        /** @description The URL that returns URLs of parts; it needs a key. */
                        readonly parts_url: string;
                        /** @description The URL that joins the parts; it needs a key. */
                        readonly complete_url: string;
                    } | {
                        /**
                         * @description True when the organization has stored the content of this `sha256` already: nothing is left to send or to register.
                         * @enum {boolean}
                         */
                        readonly already_stored: true;
                        /** @description The value of `gcs_path` for registration. */
                        readonly gcs_path: string;
                        /** @description The `id` of the File. */
                        readonly file_id: string;
                        readonly file: {
                            readonly id: string;
                            /** @description The file name, as the client sent it. Several Files may share it. */
                            readonly original_filename: string;
                            /** @description The folder, such as `reports/2026`; null for the root. */
                            readonly path: string | null;
                            /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            /** @description The size in bytes. */
                            readonly file_size: number;
                            /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                            readonly mime_type: string;
                            /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                            readonly detected_mime_type: string | null;
                            /** @description The name of the object in storage. */
                            readonly storage_path: string;
                            readonly organization_id: string;
                            /** @description The id of the user; null if a key uploaded the file. */
                            readonly uploaded_by: string | null;
                            /** @description The id of the key that uploaded the file. */
                            readonly uploaded_by_api_key_id: string | null;
                            /** Format: date-time */
                            readonly uploaded_at: string;
                            /** @description The time at which the service deletes the File; null if it keeps the File. */
                            readonly expires_at: string | null;
                            /** @description The time at which the File was moved to the trash; null outside it. */
                            readonly trashed_at: string | null;
                            /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                            readonly damaged_at: string | null;
                            /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                            readonly crc32c: string;
                            /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                            readonly md5: string | null;
                            /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                            readonly sha256: string | null;
                        };
                    };
                };
            };
        };
    };
    readonly createTusUpload: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The version of tus. */
                readonly "Tus-Resumable": string;
                /** @description The length of the upload in bytes. It can be told once. */
                readonly "Upload-Length"?: string;
                /** @description `1` instead of `Upload-Length`, when a later request tells the length. */
                readonly "Upload-Defer-Length"?: string;
                /** @description Keys with values in base64, separated by commas, at most 8 KiB. The file name is the value of `filename` or `name`, else `upload`. The type is that of `filetype`, `type` or `contentType`, else the usual one of the name. The folder is that of `relativePath`, a path with the name of the file at its end. */
                readonly "Upload-Metadata"?: string;
                /** @description `partial` for an upload that becomes a part of another one, or `final;` with the session URLs of complete partial uploads in the order of their bytes, separated by spaces. A final upload has no length and no body. */
                readonly "Upload-Concat"?: string;
                /** @description A checksum of the body, with `sha1`, `sha256`, `sha512`, `md5` or `crc32c`, also as a trailer. The body may then have at most 256 MiB. */
                readonly "Upload-Checksum"?: string;
            };
            readonly path: {
                /** @description The id of the organization. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/offset+octet-stream": unknown;
            };
        };
        readonly responses: {
            /** @description The upload is created, and the bytes in the body are stored. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly createResumableUploadByPut: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description `?1` when the body is the end of the file, `?0` when more requests follow. */
                readonly "Upload-Complete"?: string;
                /** @description The length of the upload in bytes. It can be told once. */
                readonly "Upload-Length"?: string;
                /** @description The version of the draft. With it, the service sends interim responses with status 104. */
                readonly "Upload-Draft-Interop-Version"?: string;
                /** @description The file name; `upload` without one. `filename*` takes precedence over `filename`. */
                readonly "Content-Disposition"?: string;
                /** @description Digests of the body, with `sha-256`, `sha-512`, `sha`, `md5` or `crc32c`. The body may then have at most 256 MiB. */
                readonly "Content-Digest"?: string;
                /** @description Digests of the complete file, which the service verifies at the end. */
                readonly "Repr-Digest"?: string;
                /** @description Digests of the complete file to compute: `sha-256` and `md5`. */
                readonly "Want-Repr-Digest"?: string;
            };
            readonly path: {
                /** @description The id of the organization. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description The bytes are stored. If the upload is complete, the body is the File. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The file name, as the client sent it. Several Files may share it. */
                        readonly original_filename: string;
                        /** @description The folder, such as `reports/2026`; null for the root. */
                        readonly path: string | null;
                        /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                        readonly metadata: {
                            readonly [key: string]: string;
                        };
                        /** @description The size in bytes. */
                        readonly file_size: number;
                        /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                        readonly mime_type: string;
                        /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description The id of the user; null if a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The time at which the service deletes the File; null if it keeps the File. */
                        readonly expires_at: string | null;
                        /** @description The time at which the File was moved to the trash; null outside it. */
                        readonly trashed_at: string | null;
                        /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                        readonly damaged_at: string | null;
                        /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                        readonly sha256: string | null;
                    };
                };
            };
        };
    };
    readonly createResumableUpload: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description `?1` when the body is the end of the file, `?0` when more requests follow. */
                readonly "Upload-Complete"?: string;
                /** @description The length of the upload in bytes. It can be told once. */
                readonly "Upload-Length"?: string;
                /** @description The version of the draft. With it, the service sends interim responses with status 104. */
                readonly "Upload-Draft-Interop-Version"?: string;
                /** @description The file name; `upload` without one. `filename*` takes precedence over `filename`. */
                readonly "Content-Disposition"?: string;
                /** @description Digests of the body, with `sha-256`, `sha-512`, `sha`, `md5` or `crc32c`. The body may then have at most 256 MiB. */
                readonly "Content-Digest"?: string;
                /** @description Digests of the complete file, which the service verifies at the end. */
                readonly "Repr-Digest"?: string;
                /** @description Digests of the complete file to compute: `sha-256` and `md5`. */
                readonly "Want-Repr-Digest"?: string;
            };
            readonly path: {
                /** @description The id of the organization. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "*/*": unknown;
            };
        };
        readonly responses: {
            /** @description The bytes are stored. If the upload is complete, the body is the File. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The file name, as the client sent it. Several Files may share it. */
                        readonly original_filename: string;
                        /** @description The folder, such as `reports/2026`; null for the root. */
                        readonly path: string | null;
                        /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                        readonly metadata: {
                            readonly [key: string]: string;
                        };
                        /** @description The size in bytes. */
                        readonly file_size: number;
                        /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                        readonly mime_type: string;
                        /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description The id of the user; null if a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The time at which the service deletes the File; null if it keeps the File. */
                        readonly expires_at: string | null;
                        /** @description The time at which the File was moved to the trash; null outside it. */
                        readonly trashed_at: string | null;
                        /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                        readonly damaged_at: string | null;
                        /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                        readonly sha256: string | null;
                    };
                };
            };
        };
    };
    readonly listFiles: {
        readonly parameters: {
            readonly query: {
                /** @description The number of the page. Pages can be numbered up to entry 10,000 (`page` × entries per page), and up to entry 1,000 with a filter or in order of names or sizes. Use `after` for entries beyond it. */
                readonly page: number;
                /** @description The number of entries per page. */
                readonly limit: number;
                /** @description The `next_cursor` of the previous page. Without a filter and in order of upload, also the `id` of a File. Overrides `page`. */
                readonly after?: string;
                /** @description Only Files in this folder, and below it unless `delimiter` is given. Empty for the root. */
                readonly path?: string;
                /** @description Lists the folder `path`, or the root: `folders` has the folders directly in it, and `files` the Files directly in it. Folders come first, by name. Other filters do not apply to them. */
                readonly delimiter?: "/";
                /** @description Only Files with this text in their name, in upper or lower case, at least 3 characters. */
                readonly search?: string;
                /** @description Only Files of this media type, such as `image/png`, or of all its subtypes, `image/*`. */
                readonly mime_type?: string;
                /** @description Only Files that were uploaded later. */
                readonly uploaded_after?: string;
                /** @description Only Files that were uploaded earlier. */
                readonly uploaded_before?: string;
                /** @description The order, ties by id. Names are in the order of their bytes in UTF-8. */
                readonly sort?: "uploaded_at" | "filename" | "file_size";
                /** @description `trashed` lists the Files in the trash, without filters. Otherwise the list has all other Files. */
                readonly state?: "trashed";
                /** @description Default: `desc`, the newest or largest first; `asc` for names. */
                readonly order?: "asc" | "desc";
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of Files. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly files: readonly {
                            readonly id: string;
                            /** @description The file name, as the client sent it. Several Files may share it. */
                            readonly original_filename: string;
                            /** @description The folder, such as `reports/2026`; null for the root. */
                            readonly path: string | null;
                            /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            /** @description The size in bytes. */
                            readonly file_size: number;
                            /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                            readonly mime_type: string;
                            /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                            readonly detected_mime_type: string | null;
                            /** @description The name of the object in storage. */
                            readonly storage_path: string;
                            readonly organization_id: string;
                            /** @description The id of the user; null if a key uploaded the file. */
                            readonly uploaded_by: string | null;
                            /** @description The id of the key that uploaded the file. */
                            readonly uploaded_by_api_key_id: string | null;
                            /** Format: date-time */
                            readonly uploaded_at: string;
                            /** @description The time at which the service deletes the File; null if it keeps the File. */
                            readonly expires_at: string | null;
                            /** @description The time at which the File was moved to the trash; null outside it. */
                            readonly trashed_at: string | null;
                            /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                            readonly damaged_at: string | null;
                            /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                            readonly crc32c: string;
                            /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                            readonly md5: string | null;
                            /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                            readonly sha256: string | null;
                        }[];
                        /** @description The number of Files on all pages; null with a filter, for the trash, and in order of names or sizes. */
                        readonly total: number | null;
                        /** @description The requested page. */
                        readonly page: number;
                        /** @description The requested number of entries per page. */
                        readonly limit: number;
                        /** @description True if more entries follow this page. */
                        readonly has_more: boolean;
                        /** @description The value of `after` for the next page; null on the last page. */
                        readonly next_cursor: string | null;
                        /** @description The paths of folders, with `delimiter`. */
                        readonly folders?: readonly string[];
                    };
                };
            };
        };
    };
    readonly registerFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description The file name, at most 900 bytes of UTF-8. It is not a path: `/`, `\`, control characters, line separators and bidirectional controls are not allowed. */
                    readonly filename: string;
                    /** @description The `gcs_path` of the upload session. */
                    readonly gcs_path: string;
                    /** @description The size in bytes. */
                    readonly file_size: number;
                    /** @description The media type of the content, such as `application/pdf`. Parameters are allowed, such as `text/plain; charset=utf-8` or `video/webm;codecs=vp8,opus`. Registration checks the content, and refuses a type that the content contradicts. */
                    readonly mime_type: string;
                    /** @description The expected CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                    readonly crc32c?: string;
                };
            };
        };
        readonly responses: {
            /** @description The File. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The file name, as the client sent it. Several Files may share it. */
                        readonly original_filename: string;
                        /** @description The folder, such as `reports/2026`; null for the root. */
                        readonly path: string | null;
                        /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                        readonly metadata: {
                            readonly [key: string]: string;
                        };
                        /** @description The size in bytes. */
                        readonly file_size: number;
                        /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                        readonly mime_type: string;
                        /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description The id of the user; null if a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The time at which the service deletes the File; null if it keeps the File. */
                        readonly expires_at: string | null;
                        /** @description The time at which the File was moved to the trash; null outside it. */
                        readonly trashed_at: string | null;
                        /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                        readonly damaged_at: string | null;
                        /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                        readonly sha256: string | null;
                    };
                };
            };
        };
    };
    readonly getFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The File. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The file name, as the client sent it. Several Files may share it. */
                        readonly original_filename: string;
                        /** @description The folder, such as `reports/2026`; null for the root. */
                        readonly path: string | null;
                        /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                        readonly metadata: {
                            readonly [key: string]: string;
                        };
                        /** @description The size in bytes. */
                        readonly file_size: number;
                        /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                        readonly mime_type: string;
                        /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description The id of the user; null if a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The time at which the service deletes the File; null if it keeps the File. */
                        readonly expires_at: string | null;
                        /** @description The time at which the File was moved to the trash; null outside it. */
                        readonly trashed_at: string | null;
                        /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                        readonly damaged_at: string | null;
                        /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                        readonly sha256: string | null;
                    };
                };
            };
        };
    };
    readonly deleteFile: {
        readonly parameters: {
            readonly query?: {
                /** @description True moves the File to the trash. Without it, the File is deleted permanently. */
                readonly trash?: boolean;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The File is deleted, or in the trash. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly updateFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description The file name, at most 900 bytes of UTF-8. It is not a path: `/`, `\`, control characters, line separators and bidirectional controls are not allowed. */
                    readonly filename?: string;
                    /** @description The folder; empty or null for the root. */
                    readonly path?: string | null;
                    /** @description Replaces all pairs. Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                    readonly metadata?: {
                        readonly [key: string]: string;
                    };
                };
            };
        };
        readonly responses: {
            /** @description The changed File. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The file name, as the client sent it. Several Files may share it. */
                        readonly original_filename: string;
                        /** @description The folder, such as `reports/2026`; null for the root. */
                        readonly path: string | null;
                        /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                        readonly metadata: {
                            readonly [key: string]: string;
                        };
                        /** @description The size in bytes. */
                        readonly file_size: number;
                        /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                        readonly mime_type: string;
                        /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description The id of the user; null if a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The time at which the service deletes the File; null if it keeps the File. */
                        readonly expires_at: string | null;
                        /** @description The time at which the File was moved to the trash; null outside it. */
                        readonly trashed_at: string | null;
                        /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                        readonly damaged_at: string | null;
                        /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                        readonly sha256: string | null;
                    };
                };
            };
        };
    };
    readonly restoreFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The File. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The file name, as the client sent it. Several Files may share it. */
                        readonly original_filename: string;
                        /** @description The folder, such as `reports/2026`; null for the root. */
                        readonly path: string | null;
                        /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                        readonly metadata: {
                            readonly [key: string]: string;
                        };
                        /** @description The size in bytes. */
                        readonly file_size: number;
                        /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                        readonly mime_type: string;
                        /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description The id of the user; null if a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The time at which the service deletes the File; null if it keeps the File. */
                        readonly expires_at: string | null;
                        /** @description The time at which the File was moved to the trash; null outside it. */
                        readonly trashed_at: string | null;
                        /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                        readonly damaged_at: string | null;
                        /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                        readonly sha256: string | null;
                    };
                };
            };
        };
    };
    readonly getFileContent: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The download URL. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly file_id: string;
                        readonly filename: string;
                        readonly mime_type: string;
                        /** @description The size in bytes. */
                        readonly file_size: number;
                        /** @description The URL of the bytes, valid for one hour. It is a credential: every client that has it can download. */
                        readonly download_url: string;
                    };
                };
            };
        };
    };
    readonly uploadFiles: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "multipart/form-data": {
                    /** @description A single file. The response is its File. */
                    readonly file?: string;
                    /** @description Several files. The response is a list. Parts named `files[]` are parts of `files`. */
                    readonly files?: readonly string[];
                    /** @description Checksums to compute for the Files, such as `md5,sha256`. */
                    readonly checksums?: string;
                    /** @description The folder of the Files, such as `reports/2026`. */
                    readonly path?: string;
                    /** @description The metadata of the Files, as the JSON of an object with strings. */
                    readonly metadata?: string;
                    /** @enum {string} */
                    readonly "expires_after[anchor]"?: "created_at";
                    /** @description The lifetime of the Files, 3,600 to 2,592,000 seconds. They are deleted at its end. */
                    readonly "expires_after[seconds]"?: string;
                    /** @description The expected CRC-32C of each file in base64, in the order of the files. */
                    readonly crc32c?: readonly string[];
                    /** @description The expected SHA-256 of each file, as 64 hexadecimal digits or in base64, in the order of the files. Content that the organization has stored already is not stored again. */
                    readonly sha256?: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description The Files. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly files: readonly {
                            readonly id: string;
                            /** @description The file name, as the client sent it. Several Files may share it. */
                            readonly original_filename: string;
                            /** @description The folder, such as `reports/2026`; null for the root. */
                            readonly path: string | null;
                            /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            /** @description The size in bytes. */
                            readonly file_size: number;
                            /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                            readonly mime_type: string;
                            /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                            readonly detected_mime_type: string | null;
                            /** @description The name of the object in storage. */
                            readonly storage_path: string;
                            readonly organization_id: string;
                            /** @description The id of the user; null if a key uploaded the file. */
                            readonly uploaded_by: string | null;
                            /** @description The id of the key that uploaded the file. */
                            readonly uploaded_by_api_key_id: string | null;
                            /** Format: date-time */
                            readonly uploaded_at: string;
                            /** @description The time at which the service deletes the File; null if it keeps the File. */
                            readonly expires_at: string | null;
                            /** @description The time at which the File was moved to the trash; null outside it. */
                            readonly trashed_at: string | null;
                            /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                            readonly damaged_at: string | null;
                            /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                            readonly crc32c: string;
                            /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                            readonly md5: string | null;
                            /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                            readonly sha256: string | null;
                            /** @description True if a `sha256` was sent, and the organization had stored the content before, which is stored once. Absent otherwise. */
                            readonly already_stored?: boolean;
                        }[];
                        readonly id?: string;
                        /** @description The file name, as the client sent it. Several Files may share it. */
                        readonly original_filename?: string;
                        /** @description The folder, such as `reports/2026`; null for the root. */
                        readonly path?: string | null;
                        /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                        readonly metadata?: {
                            readonly [key: string]: string;
                        };
                        /** @description The size in bytes. */
                        readonly file_size?: number;
                        /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                        readonly mime_type?: string;
                        /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                        readonly detected_mime_type?: string | null;
                        /** @description The name of the object in storage. */
                        readonly storage_path?: string;
                        readonly organization_id?: string;
                        /** @description The id of the user; null if a key uploaded the file. */
                        readonly uploaded_by?: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id?: string | null;
                        /** Format: date-time */
                        readonly uploaded_at?: string;
                        /** @description The time at which the service deletes the File; null if it keeps the File. */
                        readonly expires_at?: string | null;
                        /** @description The time at which the File was moved to the trash; null outside it. */
                        readonly trashed_at?: string | null;
                        /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                        readonly damaged_at?: string | null;
                        /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                        readonly crc32c?: string;
                        /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                        readonly md5?: string | null;
                        /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                        readonly sha256?: string | null;
                        /** @description True if a `sha256` was sent, and the organization had stored the content before, which is stored once. Absent otherwise. */
                        readonly already_stored?: boolean;
                    } | {
                        readonly id: string;
                        /** @description The file name, as the client sent it. Several Files may share it. */
                        readonly original_filename: string;
                        /** @description The folder, such as `reports/2026`; null for the root. */
                        readonly path: string | null;
                        /** @description Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512. */
                        readonly metadata: {
                            readonly [key: string]: string;
                        };
                        /** @description The size in bytes. */
                        readonly file_size: number;
                        /** @description The declared media type with its parameters. The content does not contradict it. Downloads have this type. */
                        readonly mime_type: string;
                        /** @description The media type of the signature in the content; null if there is no signature, as in most text files. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description The id of the user; null if a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The time at which the service deletes the File; null if it keeps the File. */
                        readonly expires_at: string | null;
                        /** @description The time at which the File was moved to the trash; null outside it. */
                        readonly trashed_at: string | null;
                        /** @description The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. Upload the file again, or ask the operator to restore it from a backup. */
                        readonly damaged_at: string | null;
                        /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                        readonly sha256: string | null;
                        /** @description True if a `sha256` was sent, and the organization had stored the content before, which is stored once. Absent otherwise. */
                        readonly already_stored?: boolean;
                    };
                };
            };
        };
    };
    readonly listUploads: {
        readonly parameters: {
            readonly query: {
                /** @description The number of the page. Pages can be numbered up to entry 10,000 (`page` × entries per page). Use `after` for entries beyond it. */
                readonly page: number;
                /** @description The number of entries per page. */
                readonly limit: number;
                /** @description The `next_cursor` of the previous page. The page begins after the entry with this id. Overrides `page`. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of upload sessions. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly uploads: readonly {
                            /** @description The `id` of the future File. */
                            readonly file_id: string;
                            readonly filename: string;
                            /** @description The declared size in bytes; null while it is unknown. */
                            readonly file_size: number | null;
                            /** @description The number of stored bytes; null if only the storage provider knows it. */
                            readonly received_bytes: number | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly expires_at: string;
                        }[];
                        /** @description The number of entries on all pages. */
                        readonly total: number;
                        /** @description The requested page. */
                        readonly page: number;
                        /** @description The requested number of entries per page. */
                        readonly limit: number;
                        /** @description True if more entries follow this page. */
                        readonly has_more: boolean;
                        /** @description The value of `after` for the next page; null on the last page. */
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly cancelUpload: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The session is cancelled. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly signUploadParts: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description The numbers of the parts, from 1 to `part_count`. */
                    readonly numbers: readonly number[];
                };
            };
        };
        readonly responses: {
            /** @description The URLs, in the order of the numbers. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly parts: readonly {
                            readonly number: number;
                            /** @description The URL at the storage. It is a credential for this part. */
                            readonly url: string;
                            /** @description The exact number of bytes of the part. */
                            readonly size: number;
                        }[];
                        /**
                         * Format: date-time
                         * @description The end of the validity of the URLs.
                         */
                        readonly expires_at: string;
                    };
                };
            };
        };
    };
    readonly completeDirectUpload: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description All parts, with the `ETag` of the response to each. */
                    readonly parts: readonly {
                        readonly number: number;
                        readonly etag: string;
                    }[];
                };
            };
        };
        readonly responses: {
            /** @description The complete object. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description The value of `gcs_path` for registration. */
                        readonly gcs_path: string;
                        /** @description The `id` of the future File. */
                        readonly file_id: string;
                        readonly file_size: number;
                        /** @description The CRC-32C of the bytes in base64. */
                        readonly crc32c: string;
                    };
                };
            };
        };
    };
    readonly listShareLinks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description All links. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly links: readonly {
                            readonly id: string;
                            readonly file_id: string;
                            /** @description The id of the key that created the link; null if the operator did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description The time from which the link is refused; null if it does not expire. */
                            readonly expires_at: string | null;
                            /** @description The number of downloads that the link allows; null for any. */
                            readonly max_downloads: number | null;
                            /** @description The number of downloads until now. */
                            readonly downloads: number;
                            /** @description The time of the last counted download; null before the first. */
                            readonly last_downloaded_at: string | null;
                        }[];
                    };
                };
            };
        };
    };
    readonly createShareLink: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /** @description The number of seconds until the link expires. Without it, the link does not expire. */
                    readonly expires_in?: number | null;
                    /** @description The number of downloads that the link allows. Without it, there is no limit. */
                    readonly max_downloads?: number | null;
                } | null;
            };
        };
        readonly responses: {
            /** @description The link with its URL. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly file_id: string;
                        /** @description The id of the key that created the link; null if the operator did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time from which the link is refused; null if it does not expire. */
                        readonly expires_at: string | null;
                        /** @description The number of downloads that the link allows; null for any. */
                        readonly max_downloads: number | null;
                        /** @description The number of downloads until now. */
                        readonly downloads: number;
                        /** @description The time of the last counted download; null before the first. */
                        readonly last_downloaded_at: string | null;
                        /** @description The URL of the bytes. It is a credential: every client that has it can download. */
                        readonly url: string;
                    };
                };
            };
        };
    };
    readonly deleteShareLink: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the File, which is the `file_id` of its upload session. */
                readonly file_id: string;
                /** @description The `id` of the link. It is not the secret in its URL. */
                readonly link_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The link is deleted. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly listVectorStores: {
        readonly parameters: {
            readonly query: {
                /** @description The number of stores to skip. Use `after` for stores beyond it. */
                readonly skip: number;
                /** @description The number of stores. */
                readonly take: number;
                /** @description The order of the list. */
                readonly sort: "created_at" | "updated_at" | "name" | "data_size" | "file_count";
                /** @description The direction of the order. */
                readonly order: "desc" | "asc";
                /** @description Only stores with this text in their name or description, in upper or lower case. */
                readonly search?: string;
                /** @description Only stores with this access mode. */
                readonly access_mode?: "organization" | "public" | "department" | "private";
                /** @description The `next_cursor` of the previous page. The page begins after this store. Overrides `skip`, and requires the sort `created_at`. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of vector stores. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: readonly {
                            readonly id: string;
                            /** @enum {string} */
                            readonly object: "vector_store";
                            /** @description Empty if the store was created without a name by an OpenAI client. */
                            readonly name: string;
                            /** @description A description for people. */
                            readonly description: string | null;
                            readonly organization_id: string;
                            /** @description The id of the key or user that created the store. */
                            readonly created_by: string;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                            /** @description False if the store has expired. */
                            readonly is_active: boolean;
                            /** @enum {string} */
                            readonly status: "active" | "expired";
                            /** @enum {string} */
                            readonly access_mode: "organization" | "public" | "department" | "private";
                            /** @description Departments whose members may use the store; empty unless its access mode is `department`. */
                            readonly access_departments: readonly string[];
                            /** @description Ids of users who may use the store; empty unless its access mode is `private`. */
                            readonly access_users: readonly string[];
                            /** @description The number of files of the store, in any state. */
                            readonly file_count: number;
                            /** @description The size of these files in bytes. */
                            readonly data_size: number;
                            /** @description The same as `data_size`. */
                            readonly total_size_bytes: number;
                            /** @description The size in bytes of the extracted text and the vectors of the completed files. */
                            readonly usage_bytes: number;
                            readonly file_counts: {
                                /** @description Files that are pending or processing. */
                                readonly in_progress: number;
                                readonly completed: number;
                                readonly failed: number;
                                /** @description Files whose indexing was cancelled. Lists show them as `failed`. */
                                readonly cancelled: number;
                                readonly total: number;
                            };
                            /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            /** @description The inactivity after which the store expires; null if it does not. */
                            readonly expires_after: {
                                /** @enum {string} */
                                readonly anchor: "last_active_at";
                                readonly days: number;
                            } | null;
                            /** @description The time at which the store expires without further activity; null if it does not. */
                            readonly expires_at: string | null;
                            /** Format: date-time */
                            readonly last_active_at: string;
                        }[];
                        /** @description The number of stores on all pages. */
                        readonly total: number;
                        /** @description True if more stores follow this page. */
                        readonly has_more: boolean;
                        /** @description The value of `after` for the next page; null on the last page, and for other sorts than `created_at`. */
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly createVectorStore: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description A name for people, without control characters. */
                    readonly name: string;
                    /** @description A description for people. */
                    readonly description?: string | null;
                    /** @description Departments whose members may use a store with the access mode `department`, which needs at least one. */
                    readonly access_departments?: readonly string[] | null;
                    /** @description Ids of members who may use a store with the access mode `private`. */
                    readonly access_users?: readonly string[] | null;
                    /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                    readonly metadata?: {
                        readonly [key: string]: string;
                    } | null;
                    /** @description The inactivity after which the store expires: it loses its files, and cannot be searched any more. */
                    readonly expires_after?: {
                        /** @enum {string} */
                        readonly anchor: "last_active_at";
                        readonly days: number;
                    } | null;
                    /** @description Who sees and uses the store; by default `organization`. `organization` and `public`: every key and member of the organization with the scope. `department`: members of `access_departments`. `private`: the users in `access_users`. The key or user that created the store, and those with the scope `admin`, have access always. */
                    readonly access_mode?: ("organization" | "public" | "department" | "private") | null;
                    /** @description Files to add to the store. */
                    readonly file_ids?: readonly string[] | null;
                };
            };
        };
        readonly responses: {
            /** @description The vector store. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly id: string;
                            /** @enum {string} */
                            readonly object: "vector_store";
                            /** @description Empty if the store was created without a name by an OpenAI client. */
                            readonly name: string;
                            /** @description A description for people. */
                            readonly description: string | null;
                            readonly organization_id: string;
                            /** @description The id of the key or user that created the store. */
                            readonly created_by: string;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                            /** @description False if the store has expired. */
                            readonly is_active: boolean;
                            /** @enum {string} */
                            readonly status: "active" | "expired";
                            /** @enum {string} */
                            readonly access_mode: "organization" | "public" | "department" | "private";
                            /** @description Departments whose members may use the store; empty unless its access mode is `department`. */
                            readonly access_departments: readonly string[];
                            /** @description Ids of users who may use the store; empty unless its access mode is `private`. */
                            readonly access_users: readonly string[];
                            /** @description The number of files of the store, in any state. */
                            readonly file_count: number;
                            /** @description The size of these files in bytes. */
                            readonly data_size: number;
                            /** @description The same as `data_size`. */
                            readonly total_size_bytes: number;
                            /** @description The size in bytes of the extracted text and the vectors of the completed files. */
                            readonly usage_bytes: number;
                            readonly file_counts: {
                                /** @description Files that are pending or processing. */
                                readonly in_progress: number;
                                readonly completed: number;
                                readonly failed: number;
                                /** @description Files whose indexing was cancelled. Lists show them as `failed`. */
                                readonly cancelled: number;
                                readonly total: number;
                            };
                            /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            /** @description The inactivity after which the store expires; null if it does not. */
                            readonly expires_after: {
                                /** @enum {string} */
                                readonly anchor: "last_active_at";
                                readonly days: number;
                            } | null;
                            /** @description The time at which the store expires without further activity; null if it does not. */
                            readonly expires_at: string | null;
                            /** Format: date-time */
                            readonly last_active_at: string;
                        };
                    };
                };
            };
        };
    };
    readonly getStoreUsage: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The sizes. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            /** @description The size of the files of all stores in bytes. */
                            readonly total_size_bytes: number;
                            /** @description In units of 1,048,576 bytes, rounded to two decimals. */
                            readonly total_size_mb: number;
                            /** @description The number of files of all stores. */
                            readonly total_files: number;
                            readonly vector_store_count: number;
                            /** @description The 1,000 largest stores, the largest first. */
                            readonly vector_stores: readonly {
                                readonly id: string;
                                readonly name: string;
                                readonly file_count: number;
                                /** @description The size of the files of the store in bytes. */
                                readonly size_bytes: number;
                                /** @description In units of 1,048,576 bytes, rounded to two decimals. */
                                readonly size_mb: number;
                                /** @description The size in bytes of the extracted text and the vectors. It does not count against the quota. */
                                readonly usage_bytes: number;
                            }[];
                        };
                    };
                };
            };
        };
    };
    readonly getVectorStore: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The vector store. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly id: string;
                            /** @enum {string} */
                            readonly object: "vector_store";
                            /** @description Empty if the store was created without a name by an OpenAI client. */
                            readonly name: string;
                            /** @description A description for people. */
                            readonly description: string | null;
                            readonly organization_id: string;
                            /** @description The id of the key or user that created the store. */
                            readonly created_by: string;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                            /** @description False if the store has expired. */
                            readonly is_active: boolean;
                            /** @enum {string} */
                            readonly status: "active" | "expired";
                            /** @enum {string} */
                            readonly access_mode: "organization" | "public" | "department" | "private";
                            /** @description Departments whose members may use the store; empty unless its access mode is `department`. */
                            readonly access_departments: readonly string[];
                            /** @description Ids of users who may use the store; empty unless its access mode is `private`. */
                            readonly access_users: readonly string[];
                            /** @description The number of files of the store, in any state. */
                            readonly file_count: number;
                            /** @description The size of these files in bytes. */
                            readonly data_size: number;
                            /** @description The same as `data_size`. */
                            readonly total_size_bytes: number;
                            /** @description The size in bytes of the extracted text and the vectors of the completed files. */
                            readonly usage_bytes: number;
                            readonly file_counts: {
                                /** @description Files that are pending or processing. */
                                readonly in_progress: number;
                                readonly completed: number;
                                readonly failed: number;
                                /** @description Files whose indexing was cancelled. Lists show them as `failed`. */
                                readonly cancelled: number;
                                readonly total: number;
                            };
                            /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            /** @description The inactivity after which the store expires; null if it does not. */
                            readonly expires_after: {
                                /** @enum {string} */
                                readonly anchor: "last_active_at";
                                readonly days: number;
                            } | null;
                            /** @description The time at which the store expires without further activity; null if it does not. */
                            readonly expires_at: string | null;
                            /** Format: date-time */
                            readonly last_active_at: string;
                        };
                    };
                };
            };
        };
    };
    readonly deleteVectorStore: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The vector store is deleted. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly updateVectorStore: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description A description for people. */
                    readonly description?: string | null;
                    /** @description Departments whose members may use a store with the access mode `department`, which needs at least one. */
                    readonly access_departments?: readonly string[] | null;
                    /** @description Ids of members who may use a store with the access mode `private`. */
                    readonly access_users?: readonly string[] | null;
                    /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                    readonly metadata?: {
                        readonly [key: string]: string;
                    } | null;
                    /** @description The inactivity after which the store expires: it loses its files, and cannot be searched any more. */
                    readonly expires_after?: {
                        /** @enum {string} */
                        readonly anchor: "last_active_at";
                        readonly days: number;
                    } | null;
                    /** @description A name for people, without control characters. */
                    readonly name?: string;
                    /**
                     * @description Who sees and uses the store. `organization` and `public`: every key and member of the organization with the scope. `department`: members of `access_departments`. `private`: the users in `access_users`. The key or user that created the store, and those with the scope `admin`, have access always.
                     * @enum {string}
                     */
                    readonly access_mode?: "organization" | "public" | "department" | "private";
                };
            };
        };
        readonly responses: {
            /** @description The changed vector store. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly id: string;
                            /** @enum {string} */
                            readonly object: "vector_store";
                            /** @description Empty if the store was created without a name by an OpenAI client. */
                            readonly name: string;
                            /** @description A description for people. */
                            readonly description: string | null;
                            readonly organization_id: string;
                            /** @description The id of the key or user that created the store. */
                            readonly created_by: string;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                            /** @description False if the store has expired. */
                            readonly is_active: boolean;
                            /** @enum {string} */
                            readonly status: "active" | "expired";
                            /** @enum {string} */
                            readonly access_mode: "organization" | "public" | "department" | "private";
                            /** @description Departments whose members may use the store; empty unless its access mode is `department`. */
                            readonly access_departments: readonly string[];
                            /** @description Ids of users who may use the store; empty unless its access mode is `private`. */
                            readonly access_users: readonly string[];
                            /** @description The number of files of the store, in any state. */
                            readonly file_count: number;
                            /** @description The size of these files in bytes. */
                            readonly data_size: number;
                            /** @description The same as `data_size`. */
                            readonly total_size_bytes: number;
                            /** @description The size in bytes of the extracted text and the vectors of the completed files. */
                            readonly usage_bytes: number;
                            readonly file_counts: {
                                /** @description Files that are pending or processing. */
                                readonly in_progress: number;
                                readonly completed: number;
                                readonly failed: number;
                                /** @description Files whose indexing was cancelled. Lists show them as `failed`. */
                                readonly cancelled: number;
                                readonly total: number;
                            };
                            /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            /** @description The inactivity after which the store expires; null if it does not. */
                            readonly expires_after: {
                                /** @enum {string} */
                                readonly anchor: "last_active_at";
                                readonly days: number;
                            } | null;
                            /** @description The time at which the store expires without further activity; null if it does not. */
                            readonly expires_at: string | null;
                            /** Format: date-time */
                            readonly last_active_at: string;
                        };
                    };
                };
            };
        };
    };
    readonly listStoreFiles: {
        readonly parameters: {
            readonly query: {
                /** @description The number of the page. Pages can be numbered up to entry 10,000 (`page` × entries per page). Use `after` for entries beyond it. */
                readonly page: number;
                /** @description The number of entries per page. */
                readonly page_size: number;
                /** @description Only files with one of these states, separated by commas: `pending`, `processing`, `completed`, `failed`. */
                readonly status?: string;
                /** @description The `next_cursor` of the previous page. The page begins after the entry with this id. Overrides `page`. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of files. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            /** @description The number of files on all pages. */
                            readonly total: number;
                            /** @description The requested page. */
                            readonly page: number;
                            /** @description The requested number of files per page. */
                            readonly page_size: number;
                            /** @description The number of pages. */
                            readonly total_pages: number;
                            readonly files: readonly {
                                /** @description The id of the file in this store. It is not the id of the File. */
                                readonly id: string;
                                readonly vector_store_id: string;
                                readonly file_id: string;
                                /** Format: date-time */
                                readonly added_at: string;
                                /** @description The id of the user; null if a key added the file. */
                                readonly added_by: string | null;
                                /** @description The id of the key that added the file. */
                                readonly added_by_api_key_id: string | null;
                                /**
                                 * @description `failed` also for a file whose indexing was cancelled.
                                 * @enum {string}
                                 */
                                readonly processing_status: "pending" | "processing" | "completed" | "failed";
                                /** @description The reason of a failure, with the next step. */
                                readonly error_message: string | null;
                                /** @description The number of indexed chunks; 0 until the file is completed. */
                                readonly chunk_count: number;
                                /** @description The model of the vectors; `lexical` if the file is indexed by its words only; null until it is completed. */
                                readonly embedding_model: string | null;
                                /** @description The start of the indexing; null while the file waits. */
                                readonly processing_started_at: string | null;
                                /** @description The end of the indexing; null until then. */
                                readonly processing_completed_at: string | null;
                                /** @description `unsupported_file` for a type that cannot be read, `invalid_file` for a file that is broken, too large or deleted, `server_error` if all attempts failed. */
                                readonly error_code: ("unsupported_file" | "invalid_file" | "server_error") | null;
                                /** @description The number of attempts of the current indexing. */
                                readonly attempts: number;
                                /** @description The name of the File; null if it does not exist. */
                                readonly file_name: string | null;
                                /** @description The size of the File in bytes; null if it does not exist. */
                                readonly file_size: number | null;
                                /** @description The type of the File; null if it does not exist. */
                                readonly mime_type: string | null;
                                /** @description The estimated time until the file is completed, from the latest indexings; null if it is unknown, and when the indexing has ended. */
                                readonly estimated_completion_seconds: number | null;
                                /** @description Values that filters compare, by key: at most 16. A key has 1 to 64 characters, a string at most 512. */
                                readonly attributes: {
                                    readonly [key: string]: string | number | boolean;
                                };
                                /** @description The division of the text into chunks. `auto` follows the structure of the document. */
                                readonly chunking_strategy: {
                                    /** @enum {string} */
                                    readonly type: "auto" | "static";
                                    /** @description Required with the type `static`. */
                                    readonly static?: {
                                        /** @description 100 to 4,096. */
                                        readonly max_chunk_size_tokens: number;
                                        /** @description At most half of `max_chunk_size_tokens`. */
                                        readonly chunk_overlap_tokens: number;
                                    };
                                };
                                /**
                                 * @description The same as `processing_status`.
                                 * @enum {string}
                                 */
                                readonly status: "pending" | "processing" | "completed" | "failed";
                                /**
                                 * Format: date-time
                                 * @description The same as `added_at`.
                                 */
                                readonly created_at: string;
                                /** @description The same as `processing_completed_at`. */
                                readonly processed_at: string | null;
                                /** @description The same as `file_name`. */
                                readonly filename: string | null;
                                /** @description The same as `file_size`. */
                                readonly size_bytes: number | null;
                            }[];
                            /** @description The value of `after` for the next page; null on the last page. */
                            readonly next_cursor: string | null;
                        };
                    };
                };
            };
        };
    };
    readonly addStoreFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description The `id` of the File. Required, unless `fileId` is given. */
                    readonly file_id?: string;
                    /** @description The same as `file_id`, for older clients. */
                    readonly fileId?: string;
                    /** @description Values that filters compare, by key. */
                    readonly attributes?: {
                        readonly [key: string]: string | number | boolean;
                    } | null;
                    /** @description The division of the text into chunks; by default `auto`. */
                    readonly chunking_strategy?: {
                        /** @enum {string} */
                        readonly type: "auto" | "static";
                        /** @description Required with the type `static`. */
                        readonly static?: {
                            /** @description 100 to 4,096. */
                            readonly max_chunk_size_tokens: number;
                            /** @description At most half of `max_chunk_size_tokens`. */
                            readonly chunk_overlap_tokens: number;
                        };
                    } | null;
                };
            };
        };
        readonly responses: {
            /** @description The file of the store. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            /** @description The id of the file in this store. It is not the id of the File. */
                            readonly id: string;
                            readonly vector_store_id: string;
                            readonly file_id: string;
                            /** Format: date-time */
                            readonly added_at: string;
                            /** @description The id of the user; null if a key added the file. */
                            readonly added_by: string | null;
                            /** @description The id of the key that added the file. */
                            readonly added_by_api_key_id: string | null;
                            /**
                             * @description `failed` also for a file whose indexing was cancelled.
                             * @enum {string}
                             */
                            readonly processing_status: "pending" | "processing" | "completed" | "failed";
                            /** @description The reason of a failure, with the next step. */
                            readonly error_message: string | null;
                            /** @description The number of indexed chunks; 0 until the file is completed. */
                            readonly chunk_count: number;
                            /** @description The model of the vectors; `lexical` if the file is indexed by its words only; null until it is completed. */
                            readonly embedding_model: string | null;
                            /** @description The start of the indexing; null while the file waits. */
                            readonly processing_started_at: string | null;
                            /** @description The end of the indexing; null until then. */
                            readonly processing_completed_at: string | null;
                            /** @description `unsupported_file` for a type that cannot be read, `invalid_file` for a file that is broken, too large or deleted, `server_error` if all attempts failed. */
                            readonly error_code: ("unsupported_file" | "invalid_file" | "server_error") | null;
                            /** @description The number of attempts of the current indexing. */
                            readonly attempts: number;
                            /** @description The name of the File; null if it does not exist. */
                            readonly file_name: string | null;
                            /** @description The size of the File in bytes; null if it does not exist. */
                            readonly file_size: number | null;
                            /** @description The type of the File; null if it does not exist. */
                            readonly mime_type: string | null;
                            /** @description The estimated time until the file is completed, from the latest indexings; null if it is unknown, and when the indexing has ended. */
                            readonly estimated_completion_seconds: number | null;
                            /** @description Values that filters compare, by key: at most 16. A key has 1 to 64 characters, a string at most 512. */
                            readonly attributes: {
                                readonly [key: string]: string | number | boolean;
                            };
                            /** @description The division of the text into chunks. `auto` follows the structure of the document. */
                            readonly chunking_strategy: {
                                /** @enum {string} */
                                readonly type: "auto" | "static";
                                /** @description Required with the type `static`. */
                                readonly static?: {
                                    /** @description 100 to 4,096. */
                                    readonly max_chunk_size_tokens: number;
                                    /** @description At most half of `max_chunk_size_tokens`. */
                                    readonly chunk_overlap_tokens: number;
                                };
                            };
                            /**
                             * @description The same as `processing_status`.
                             * @enum {string}
                             */
                            readonly status: "pending" | "processing" | "completed" | "failed";
                            /**
                             * Format: date-time
                             * @description The same as `added_at`.
                             */
                            readonly created_at: string;
                            /** @description The same as `processing_completed_at`. */
                            readonly processed_at: string | null;
                            /** @description The same as `file_name`. */
                            readonly filename: string | null;
                            /** @description The same as `file_size`. */
                            readonly size_bytes: number | null;
                        };
                    };
                };
            };
        };
    };
    readonly getStoreFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
                /** @description The `id` of the File, or the `vsf_` id of the file of the store. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The file of the store. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            /** @description The id of the file in this store. It is not the id of the File. */
                            readonly id: string;
                            readonly vector_store_id: string;
                            readonly file_id: string;
                            /** Format: date-time */
                            readonly added_at: string;
                            /** @description The id of the user; null if a key added the file. */
                            readonly added_by: string | null;
                            /** @description The id of the key that added the file. */
                            readonly added_by_api_key_id: string | null;
                            /**
                             * @description `failed` also for a file whose indexing was cancelled.
                             * @enum {string}
                             */
                            readonly processing_status: "pending" | "processing" | "completed" | "failed";
                            /** @description The reason of a failure, with the next step. */
                            readonly error_message: string | null;
                            /** @description The number of indexed chunks; 0 until the file is completed. */
                            readonly chunk_count: number;
                            /** @description The model of the vectors; `lexical` if the file is indexed by its words only; null until it is completed. */
                            readonly embedding_model: string | null;
                            /** @description The start of the indexing; null while the file waits. */
                            readonly processing_started_at: string | null;
                            /** @description The end of the indexing; null until then. */
                            readonly processing_completed_at: string | null;
                            /** @description `unsupported_file` for a type that cannot be read, `invalid_file` for a file that is broken, too large or deleted, `server_error` if all attempts failed. */
                            readonly error_code: ("unsupported_file" | "invalid_file" | "server_error") | null;
                            /** @description The number of attempts of the current indexing. */
                            readonly attempts: number;
                            /** @description The name of the File; null if it does not exist. */
                            readonly file_name: string | null;
                            /** @description The size of the File in bytes; null if it does not exist. */
                            readonly file_size: number | null;
                            /** @description The type of the File; null if it does not exist. */
                            readonly mime_type: string | null;
                            /** @description The estimated time until the file is completed, from the latest indexings; null if it is unknown, and when the indexing has ended. */
                            readonly estimated_completion_seconds: number | null;
                            /** @description Values that filters compare, by key: at most 16. A key has 1 to 64 characters, a string at most 512. */
                            readonly attributes: {
                                readonly [key: string]: string | number | boolean;
                            };
                            /** @description The division of the text into chunks. `auto` follows the structure of the document. */
                            readonly chunking_strategy: {
                                /** @enum {string} */
                                readonly type: "auto" | "static";
                                /** @description Required with the type `static`. */
                                readonly static?: {
                                    /** @description 100 to 4,096. */
                                    readonly max_chunk_size_tokens: number;
                                    /** @description At most half of `max_chunk_size_tokens`. */
                                    readonly chunk_overlap_tokens: number;
                                };
                            };
                            /**
                             * @description The same as `processing_status`.
                             * @enum {string}
                             */
                            readonly status: "pending" | "processing" | "completed" | "failed";
                            /**
                             * Format: date-time
                             * @description The same as `added_at`.
                             */
                            readonly created_at: string;
                            /** @description The same as `processing_completed_at`. */
                            readonly processed_at: string | null;
                            /** @description The same as `file_name`. */
                            readonly filename: string | null;
                            /** @description The same as `file_size`. */
                            readonly size_bytes: number | null;
                        };
                    };
                };
            };
        };
    };
    readonly removeStoreFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
                /** @description The `id` of the File, or the `vsf_` id of the file of the store. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The file is removed from the store. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly updateStoreFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
                /** @description The `id` of the File, or the `vsf_` id of the file of the store. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description Values that filters compare, by key. */
                    readonly attributes: {
                        readonly [key: string]: string | number | boolean;
                    } | null;
                };
            };
        };
        readonly responses: {
            /** @description The changed file of the store. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            /** @description The id of the file in this store. It is not the id of the File. */
                            readonly id: string;
                            readonly vector_store_id: string;
                            readonly file_id: string;
                            /** Format: date-time */
                            readonly added_at: string;
                            /** @description The id of the user; null if a key added the file. */
                            readonly added_by: string | null;
                            /** @description The id of the key that added the file. */
                            readonly added_by_api_key_id: string | null;
                            /**
                             * @description `failed` also for a file whose indexing was cancelled.
                             * @enum {string}
                             */
                            readonly processing_status: "pending" | "processing" | "completed" | "failed";
                            /** @description The reason of a failure, with the next step. */
                            readonly error_message: string | null;
                            /** @description The number of indexed chunks; 0 until the file is completed. */
                            readonly chunk_count: number;
                            /** @description The model of the vectors; `lexical` if the file is indexed by its words only; null until it is completed. */
                            readonly embedding_model: string | null;
                            /** @description The start of the indexing; null while the file waits. */
                            readonly processing_started_at: string | null;
                            /** @description The end of the indexing; null until then. */
                            readonly processing_completed_at: string | null;
                            /** @description `unsupported_file` for a type that cannot be read, `invalid_file` for a file that is broken, too large or deleted, `server_error` if all attempts failed. */
                            readonly error_code: ("unsupported_file" | "invalid_file" | "server_error") | null;
                            /** @description The number of attempts of the current indexing. */
                            readonly attempts: number;
                            /** @description The name of the File; null if it does not exist. */
                            readonly file_name: string | null;
                            /** @description The size of the File in bytes; null if it does not exist. */
                            readonly file_size: number | null;
                            /** @description The type of the File; null if it does not exist. */
                            readonly mime_type: string | null;
                            /** @description The estimated time until the file is completed, from the latest indexings; null if it is unknown, and when the indexing has ended. */
                            readonly estimated_completion_seconds: number | null;
                            /** @description Values that filters compare, by key: at most 16. A key has 1 to 64 characters, a string at most 512. */
                            readonly attributes: {
                                readonly [key: string]: string | number | boolean;
                            };
                            /** @description The division of the text into chunks. `auto` follows the structure of the document. */
                            readonly chunking_strategy: {
                                /** @enum {string} */
                                readonly type: "auto" | "static";
                                /** @description Required with the type `static`. */
                                readonly static?: {
                                    /** @description 100 to 4,096. */
                                    readonly max_chunk_size_tokens: number;
                                    /** @description At most half of `max_chunk_size_tokens`. */
                                    readonly chunk_overlap_tokens: number;
                                };
                            };
                            /**
                             * @description The same as `processing_status`.
                             * @enum {string}
                             */
                            readonly status: "pending" | "processing" | "completed" | "failed";
                            /**
                             * Format: date-time
                             * @description The same as `added_at`.
                             */
                            readonly created_at: string;
                            /** @description The same as `processing_completed_at`. */
                            readonly processed_at: string | null;
                            /** @description The same as `file_name`. */
                            readonly filename: string | null;
                            /** @description The same as `file_size`. */
                            readonly size_bytes: number | null;
                        };
                    };
                };
            };
        };
    };
    readonly getStoreFileStatus: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
                /** @description The `id` of the File, or the `vsf_` id of the file of the store. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The progress of the indexing. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly vector_store_file_id: string;
                            readonly file_id: string;
                            readonly vector_store_id: string;
                            /**
                             * @description `failed` also for a file whose indexing was cancelled.
                             * @enum {string}
                             */
                            readonly status: "pending" | "processing" | "completed" | "failed";
                            /** Format: date-time */
                            readonly added_at: string;
                            /** @description The reason of a failure, with the next step. */
                            readonly error_message: string | null;
                            /** @description The number of indexed chunks; 0 until the file is completed. */
                            readonly chunk_count: number;
                            /** @description The model of the vectors; `lexical` if the file is indexed by its words only; null until it is completed. */
                            readonly embedding_model: string | null;
                            /** @description The start of the indexing; null while the file waits. */
                            readonly processing_started_at: string | null;
                            /** @description The end of the indexing; null until then. */
                            readonly processing_completed_at: string | null;
                            readonly progress_percent: number;
                            /** @enum {string} */
                            readonly current_step: "queued" | "extracting" | "chunking" | "embedding" | "indexing" | "done";
                        };
                    };
                };
            };
        };
    };
    readonly getStoreFileLog: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
                /** @description The `id` of the File, or the `vsf_` id of the file of the store. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The log of the indexing. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly file_id: string;
                            readonly vector_store_id: string;
                            /** @description The last 200 entries, the oldest first. */
                            readonly entries: readonly {
                                /** Format: date-time */
                                readonly at: string;
                                /** @enum {string} */
                                readonly level: "info" | "warning" | "error";
                                /** @enum {string} */
                                readonly step: "queued" | "extracting" | "chunking" | "embedding" | "indexing" | "done";
                                /** @description Without text of the document. */
                                readonly message: string;
                                readonly attempt: number;
                            }[];
                        };
                    };
                };
            };
        };
    };
    readonly retryStoreFile: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
                /** @description The `id` of the File, or the `vsf_` id of the file of the store. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description False keeps the error message until the next result.
                     * @default true
                     */
                    readonly reset_error?: boolean;
                    /**
                     * @description True indexes a completed file again.
                     * @default false
                     */
                    readonly force?: boolean;
                } | null;
            };
        };
        readonly responses: {
            /** @description The progress of the indexing. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly vector_store_file_id: string;
                            readonly file_id: string;
                            readonly vector_store_id: string;
                            /**
                             * @description `failed` also for a file whose indexing was cancelled.
                             * @enum {string}
                             */
                            readonly status: "pending" | "processing" | "completed" | "failed";
                            /** Format: date-time */
                            readonly added_at: string;
                            /** @description The reason of a failure, with the next step. */
                            readonly error_message: string | null;
                            /** @description The number of indexed chunks; 0 until the file is completed. */
                            readonly chunk_count: number;
                            /** @description The model of the vectors; `lexical` if the file is indexed by its words only; null until it is completed. */
                            readonly embedding_model: string | null;
                            /** @description The start of the indexing; null while the file waits. */
                            readonly processing_started_at: string | null;
                            /** @description The end of the indexing; null until then. */
                            readonly processing_completed_at: string | null;
                            readonly progress_percent: number;
                            /** @enum {string} */
                            readonly current_step: "queued" | "extracting" | "chunking" | "embedding" | "indexing" | "done";
                        };
                    };
                };
            };
        };
    };
    readonly searchVectorStore: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the vector store. */
                readonly vector_store_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description The text to search for; several texts are searched together. */
                    readonly query: string | readonly string[];
                    /** @description The largest number of results; by default 10. */
                    readonly max_num_results?: number | null;
                    /** @description Only files whose attributes match: a comparison `{type, key, value}` with `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in` or `nin`, or `{type: "and" | "or", filters}`; at most 8 levels deep with 256 parts. */
                    readonly filters?: {
                        readonly [key: string]: unknown;
                    } | null;
                    /** @description Options of the ranking. */
                    readonly ranking_options?: {
                        /** @description Accepted for compatibility. */
                        readonly ranker?: ("auto" | "none" | "default-2024-11-15" | "default-2024-08-21" | "default_2024_08_21") | null;
                        /** @description Results with a lower score are left out; by default 0. */
                        readonly score_threshold?: number | null;
                        /** @description The same as `score_threshold`. */
                        readonly scoreThreshold?: number | null;
                        /** @description The weights of the ranking by vectors and of the ranking by words. One of them is above 0. */
                        readonly hybrid_search?: {
                            readonly embedding_weight: number;
                            readonly text_weight: number;
                        } | null;
                    } | null;
                    /** @description True lets the default model of the model server word the query in another way, if the key has the scope `models:use`. `search_query` shows the used wording. */
                    readonly rewrite_query?: boolean | null;
                };
            };
        };
        readonly responses: {
            /** @description The chunks that were found. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            /** @description The queries as they were used. */
                            readonly search_query: readonly string[];
                            /** @description The chunks that were found, the best first. */
                            readonly results: readonly {
                                readonly file_id: string;
                                readonly filename: string;
                                /** @description 0 to 1, falling with rank. */
                                readonly score: number;
                                /** @description The text of the chunk. */
                                readonly text: string;
                                /** @description Values that filters compare, by key: at most 16. A key has 1 to 64 characters, a string at most 512. */
                                readonly attributes: {
                                    readonly [key: string]: string | number | boolean;
                                };
                                readonly vector_store_id: string;
                                readonly chunk_id: string;
                                /** @description The number of the chunk in the document, from 0. */
                                readonly chunk_index: number;
                                /** @description The page, slide or sheet, from 1; null if the document has none. */
                                readonly page: number | null;
                                /** @description The start in the extracted text, in UTF-16 units. */
                                readonly start_offset: number;
                                /** @description The end in the extracted text, in UTF-16 units. */
                                readonly end_offset: number;
                            }[];
                            /** @description The duration of the search in milliseconds. */
                            readonly took_ms: number;
                        };
                    };
                };
            };
        };
    };
    readonly searchVectorStores: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description The stores to search. A store that occurs again counts once. */
                    readonly vector_store_ids: readonly string[];
                    /** @description The text to search for; several texts are searched together. */
                    readonly query: string | readonly string[];
                    /** @description The largest number of results; by default 10. */
                    readonly max_num_results?: number | null;
                    /** @description Only files whose attributes match: a comparison `{type, key, value}` with `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in` or `nin`, or `{type: "and" | "or", filters}`; at most 8 levels deep with 256 parts. */
                    readonly filters?: {
                        readonly [key: string]: unknown;
                    } | null;
                    /** @description Options of the ranking. */
                    readonly ranking_options?: {
                        /** @description Accepted for compatibility. */
                        readonly ranker?: ("auto" | "none" | "default-2024-11-15" | "default-2024-08-21" | "default_2024_08_21") | null;
                        /** @description Results with a lower score are left out; by default 0. */
                        readonly score_threshold?: number | null;
                        /** @description The same as `score_threshold`. */
                        readonly scoreThreshold?: number | null;
                        /** @description The weights of the ranking by vectors and of the ranking by words. One of them is above 0. */
                        readonly hybrid_search?: {
                            readonly embedding_weight: number;
                            readonly text_weight: number;
                        } | null;
                    } | null;
                    /** @description True lets the default model of the model server word the query in another way, if the key has the scope `models:use`. `search_query` shows the used wording. */
                    readonly rewrite_query?: boolean | null;
                };
            };
        };
        readonly responses: {
            /** @description The chunks that were found. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            /** @description The queries as they were used. */
                            readonly search_query: readonly string[];
                            /** @description The chunks that were found, the best first. */
                            readonly results: readonly {
                                readonly file_id: string;
                                readonly filename: string;
                                /** @description 0 to 1, falling with rank. */
                                readonly score: number;
                                /** @description The text of the chunk. */
                                readonly text: string;
                                /** @description Values that filters compare, by key: at most 16. A key has 1 to 64 characters, a string at most 512. */
                                readonly attributes: {
                                    readonly [key: string]: string | number | boolean;
                                };
                                readonly vector_store_id: string;
                                readonly chunk_id: string;
                                /** @description The number of the chunk in the document, from 0. */
                                readonly chunk_index: number;
                                /** @description The page, slide or sheet, from 1; null if the document has none. */
                                readonly page: number | null;
                                /** @description The start in the extracted text, in UTF-16 units. */
                                readonly start_offset: number;
                                /** @description The end in the extracted text, in UTF-16 units. */
                                readonly end_offset: number;
                            }[];
                            /** @description The duration of the search in milliseconds. */
                            readonly took_ms: number;
                        };
                    };
                };
            };
        };
    };
    readonly listEvents: {
        readonly parameters: {
            readonly query: {
                readonly limit: number;
                /** @description `asc`: oldest first. `desc`: newest first, and `after` continues with older events. */
                readonly order: "asc" | "desc";
                /** @description The `next_cursor` of the page before, which had the same order. */
                readonly after?: string;
                /** @description The wanted types, separated by commas: `file.created`, `file.rejected`, `file.trashed`, `file.restored`, `file.deleted`, `file.expiring`, `file.expired`, `file.damaged`, `upload.expired`, `upload.cancelled`, `vector_store.file.completed`, `vector_store.file.failed`, `vector_store.file.cancelled`, `vector_store.file_batch.completed`, `vector_store.deleted`, `vector_store.expired`, `api_key.created`, `api_key.deleted`, `member.added`, `member.removed`. By default all. */
                readonly types?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of events. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly events: readonly {
                            /** @description The id of the event. */
                            readonly id: string;
                            /** @enum {string} */
                            readonly type: "file.created" | "file.rejected" | "file.trashed" | "file.restored" | "file.deleted" | "file.expiring" | "file.expired" | "file.damaged" | "upload.expired" | "upload.cancelled" | "vector_store.file.completed" | "vector_store.file.failed" | "vector_store.file.cancelled" | "vector_store.file_batch.completed" | "vector_store.deleted" | "vector_store.expired" | "api_key.created" | "api_key.deleted" | "member.added" | "member.removed";
                            /** Format: date-time */
                            readonly created_at: string;
                            readonly organization_id: string;
                            /** @description The object of the event as it was then, with the fields that a GET of it returned. The `upload` of `file.rejected` has the `code` and the `message` of the refusal. A `vector_store.file` also has `last_error`, with the `code` and the `message` of a failed indexing, or null. */
                            readonly data: {
                                /** @enum {string} */
                                readonly object: "file" | "upload" | "vector_store.file" | "vector_store.file_batch" | "vector_store" | "api_key" | "member";
                            } & {
                                readonly [key: string]: unknown;
                            };
                        }[];
                        /** @description The value of `after` for the next page. Oldest first, that page may have events that are yet to come. */
                        readonly next_cursor: string;
                        /** @description True if more events may follow. A page may be empty, although more events follow. */
                        readonly has_more: boolean;
                    };
                };
            };
        };
    };
    readonly streamEvents: {
        readonly parameters: {
            readonly query?: {
                /** @description The cursor, for clients that cannot send `Last-Event-ID`. */
                readonly after?: string;
                /** @description The wanted types, separated by commas: `file.created`, `file.rejected`, `file.trashed`, `file.restored`, `file.deleted`, `file.expiring`, `file.expired`, `file.damaged`, `upload.expired`, `upload.cancelled`, `vector_store.file.completed`, `vector_store.file.failed`, `vector_store.file.cancelled`, `vector_store.file_batch.completed`, `vector_store.deleted`, `vector_store.expired`, `api_key.created`, `api_key.deleted`, `member.added`, `member.removed`. By default all. */
                readonly types?: string;
            };
            readonly header?: {
                /** @description The `id` of the last event that the client has got. It goes before `after`. */
                readonly "Last-Event-ID"?: string;
            };
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The events. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/event-stream": string;
                };
            };
        };
    };
    readonly listWebhooks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The webhooks. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly webhooks: readonly {
                            readonly id: string;
                            readonly url: string;
                            /** @description The types of the events that are sent; `*` for all. */
                            readonly types: readonly ("file.created" | "file.rejected" | "file.trashed" | "file.restored" | "file.deleted" | "file.expiring" | "file.expired" | "file.damaged" | "upload.expired" | "upload.cancelled" | "vector_store.file.completed" | "vector_store.file.failed" | "vector_store.file.cancelled" | "vector_store.file_batch.completed" | "vector_store.deleted" | "vector_store.expired" | "api_key.created" | "api_key.deleted" | "member.added" | "member.removed" | "*")[];
                            /** @description A text for people. */
                            readonly description: string | null;
                            /** @description False: nothing is sent. */
                            readonly is_active: boolean;
                            /** @description Why the service deactivated the webhook: it answered 410, or nothing succeeded for 5 days. Null otherwise. */
                            readonly deactivation: ("gone" | "failing") | null;
                            /** @description The first failure since the last success; null if the last attempt succeeded. */
                            readonly failing_since: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                        }[];
                    };
                };
            };
        };
    };
    readonly createWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description An https URL with a public address. */
                    readonly url: string;
                    /** @description The types of the events to send, or `*` for all, which is the default. */
                    readonly types?: readonly string[];
                    /** @description A text for people. */
                    readonly description?: string | null;
                    /** @description False: nothing is sent. */
                    readonly is_active?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description The webhook with its secret. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly url: string;
                        /** @description The types of the events that are sent; `*` for all. */
                        readonly types: readonly ("file.created" | "file.rejected" | "file.trashed" | "file.restored" | "file.deleted" | "file.expiring" | "file.expired" | "file.damaged" | "upload.expired" | "upload.cancelled" | "vector_store.file.completed" | "vector_store.file.failed" | "vector_store.file.cancelled" | "vector_store.file_batch.completed" | "vector_store.deleted" | "vector_store.expired" | "api_key.created" | "api_key.deleted" | "member.added" | "member.removed" | "*")[];
                        /** @description A text for people. */
                        readonly description: string | null;
                        /** @description False: nothing is sent. */
                        readonly is_active: boolean;
                        /** @description Why the service deactivated the webhook: it answered 410, or nothing succeeded for 5 days. Null otherwise. */
                        readonly deactivation: ("gone" | "failing") | null;
                        /** @description The first failure since the last success; null if the last attempt succeeded. */
                        readonly failing_since: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        /** @description The secret that signs the requests, `whsec_…`. No other response contains it. */
                        readonly secret: string;
                    };
                };
            };
        };
    };
    readonly getWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the webhook. */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The webhook. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly url: string;
                        /** @description The types of the events that are sent; `*` for all. */
                        readonly types: readonly ("file.created" | "file.rejected" | "file.trashed" | "file.restored" | "file.deleted" | "file.expiring" | "file.expired" | "file.damaged" | "upload.expired" | "upload.cancelled" | "vector_store.file.completed" | "vector_store.file.failed" | "vector_store.file.cancelled" | "vector_store.file_batch.completed" | "vector_store.deleted" | "vector_store.expired" | "api_key.created" | "api_key.deleted" | "member.added" | "member.removed" | "*")[];
                        /** @description A text for people. */
                        readonly description: string | null;
                        /** @description False: nothing is sent. */
                        readonly is_active: boolean;
                        /** @description Why the service deactivated the webhook: it answered 410, or nothing succeeded for 5 days. Null otherwise. */
                        readonly deactivation: ("gone" | "failing") | null;
                        /** @description The first failure since the last success; null if the last attempt succeeded. */
                        readonly failing_since: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                };
            };
        };
    };
    readonly deleteWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the webhook. */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The webhook is deleted, and nothing is sent to it any more. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly updateWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the webhook. */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description An https URL with a public address. */
                    readonly url?: string;
                    /** @description The types of the events to send, or `*` for all, which is the default. */
                    readonly types?: readonly string[];
                    /** @description A text for people. */
                    readonly description?: string | null;
                    /** @description False: nothing is sent. */
                    readonly is_active?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description The changed webhook. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly url: string;
                        /** @description The types of the events that are sent; `*` for all. */
                        readonly types: readonly ("file.created" | "file.rejected" | "file.trashed" | "file.restored" | "file.deleted" | "file.expiring" | "file.expired" | "file.damaged" | "upload.expired" | "upload.cancelled" | "vector_store.file.completed" | "vector_store.file.failed" | "vector_store.file.cancelled" | "vector_store.file_batch.completed" | "vector_store.deleted" | "vector_store.expired" | "api_key.created" | "api_key.deleted" | "member.added" | "member.removed" | "*")[];
                        /** @description A text for people. */
                        readonly description: string | null;
                        /** @description False: nothing is sent. */
                        readonly is_active: boolean;
                        /** @description Why the service deactivated the webhook: it answered 410, or nothing succeeded for 5 days. Null otherwise. */
                        readonly deactivation: ("gone" | "failing") | null;
                        /** @description The first failure since the last success; null if the last attempt succeeded. */
                        readonly failing_since: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                };
            };
        };
    };
    readonly rotateWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the webhook. */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The webhook with its new secret. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly url: string;
                        /** @description The types of the events that are sent; `*` for all. */
                        readonly types: readonly ("file.created" | "file.rejected" | "file.trashed" | "file.restored" | "file.deleted" | "file.expiring" | "file.expired" | "file.damaged" | "upload.expired" | "upload.cancelled" | "vector_store.file.completed" | "vector_store.file.failed" | "vector_store.file.cancelled" | "vector_store.file_batch.completed" | "vector_store.deleted" | "vector_store.expired" | "api_key.created" | "api_key.deleted" | "member.added" | "member.removed" | "*")[];
                        /** @description A text for people. */
                        readonly description: string | null;
                        /** @description False: nothing is sent. */
                        readonly is_active: boolean;
                        /** @description Why the service deactivated the webhook: it answered 410, or nothing succeeded for 5 days. Null otherwise. */
                        readonly deactivation: ("gone" | "failing") | null;
                        /** @description The first failure since the last success; null if the last attempt succeeded. */
                        readonly failing_since: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        /** @description The secret that signs the requests, `whsec_…`. No other response contains it. */
                        readonly secret: string;
                    };
                };
            };
        };
    };
    readonly testWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the webhook. */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer of the webhook, or why there was none. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** Format: date-time */
                        readonly at: string;
                        readonly duration_ms: number;
                        /** @description The status of the answer; null if there was none. */
                        readonly status: number | null;
                        /** @description Why there was no answer; null if there was one. */
                        readonly error: string | null;
                        /** @description The first 1,024 bytes of the answer. */
                        readonly response: string;
                    };
                };
            };
        };
    };
    readonly listWebhookDeliveries: {
        readonly parameters: {
            readonly query: {
                readonly limit: number;
                /** @description The `next_cursor` of the page before. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the webhook. */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of deliveries. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly deliveries: readonly {
                            readonly id: string;
                            /** @description The id of the event, which is the header `webhook-id`. */
                            readonly event_id: string;
                            /** @enum {string} */
                            readonly event_type: "file.created" | "file.rejected" | "file.trashed" | "file.restored" | "file.deleted" | "file.expiring" | "file.expired" | "file.damaged" | "upload.expired" | "upload.cancelled" | "vector_store.file.completed" | "vector_store.file.failed" | "vector_store.file.cancelled" | "vector_store.file_batch.completed" | "vector_store.deleted" | "vector_store.expired" | "api_key.created" | "api_key.deleted" | "member.added" | "member.removed";
                            /** @enum {string} */
                            readonly state: "waiting" | "running" | "delivered" | "failed";
                            /** @description The attempts, oldest first. */
                            readonly attempts: readonly {
                                /** Format: date-time */
                                readonly at: string;
                                readonly duration_ms: number;
                                /** @description The status of the answer; null if there was none. */
                                readonly status: number | null;
                                /** @description Why there was no answer; null if there was one. */
                                readonly error: string | null;
                                /** @description The first 1,024 bytes of the answer. */
                                readonly response: string;
                            }[];
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description The time of the next attempt; null if there is none. */
                            readonly next_attempt_at: string | null;
                        }[];
                        readonly has_more: boolean;
                        /** @description The value of `after` for the next page; null on the last page. */
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly retryWebhookDelivery: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The organization of the key. */
                readonly organization_id: string;
                /** @description The `id` of the webhook. */
                readonly webhook_id: string;
                /** @description The `id` of the delivery. */
                readonly delivery_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The delivery, which waits to be sent. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The id of the event, which is the header `webhook-id`. */
                        readonly event_id: string;
                        /** @enum {string} */
                        readonly event_type: "file.created" | "file.rejected" | "file.trashed" | "file.restored" | "file.deleted" | "file.expiring" | "file.expired" | "file.damaged" | "upload.expired" | "upload.cancelled" | "vector_store.file.completed" | "vector_store.file.failed" | "vector_store.file.cancelled" | "vector_store.file_batch.completed" | "vector_store.deleted" | "vector_store.expired" | "api_key.created" | "api_key.deleted" | "member.added" | "member.removed";
                        /** @enum {string} */
                        readonly state: "waiting" | "running" | "delivered" | "failed";
                        /** @description The attempts, oldest first. */
                        readonly attempts: readonly {
                            /** Format: date-time */
                            readonly at: string;
                            readonly duration_ms: number;
                            /** @description The status of the answer; null if there was none. */
                            readonly status: number | null;
                            /** @description Why there was no answer; null if there was one. */
                            readonly error: string | null;
                            /** @description The first 1,024 bytes of the answer. */
                            readonly response: string;
                        }[];
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The time of the next attempt; null if there is none. */
                        readonly next_attempt_at: string | null;
                    };
                };
            };
        };
    };
    readonly listConversations: {
        readonly parameters: {
            readonly query: {
                /** @description The number of entries to skip. */
                readonly skip: number;
                /** @description The number of entries. */
                readonly take: number;
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of threads. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly threads: readonly {
                                readonly id: string;
                                readonly organization_id: string;
                                /** @description A title for people. */
                                readonly title: string | null;
                                /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                                readonly metadata: {
                                    readonly [key: string]: string;
                                };
                                readonly message_count: number;
                                /** @description The id of the key that created the thread. */
                                readonly created_by: string;
                                /** Format: date-time */
                                readonly created_at: string;
                                /** Format: date-time */
                                readonly updated_at: string;
                            }[];
                            /** @description The number of entries on all pages. */
                            readonly total: number;
                            readonly skip: number;
                            readonly take: number;
                            /** @description True if more entries follow this page. */
                            readonly has_more: boolean;
                        };
                    };
                };
            };
        };
    };
    readonly createConversation: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": {
                    /** @description The organization of the key. It can be left out. */
                    readonly organization_id?: string | null;
                    /** @description A title for people. */
                    readonly title?: string | null;
                    /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                    readonly metadata?: {
                        readonly [key: string]: string;
                    } | null;
                    /** @description First messages. */
                    readonly messages?: readonly {
                        /** @enum {string} */
                        readonly role: "user" | "assistant" | "system";
                        /** @description A text, or blocks of text and files. */
                        readonly content: readonly {
                            /**
                             * @default text
                             * @enum {string}
                             */
                            readonly type?: "text" | "file";
                            readonly text?: string;
                            readonly file_id?: string;
                        }[] | string;
                        /** @description Files beside the content. */
                        readonly attachments?: readonly {
                            readonly file_id: string;
                        }[] | null;
                    }[] | null;
                } | null;
            };
        };
        readonly responses: {
            /** @description The thread. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly id: string;
                            readonly organization_id: string;
                            /** @description A title for people. */
                            readonly title: string | null;
                            /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            readonly message_count: number;
                            /** @description The id of the key that created the thread. */
                            readonly created_by: string;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                        };
                    };
                };
            };
        };
    };
    readonly getConversation: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The `id` of the thread, `thrd_…` or `thread_…`. */
                readonly thread_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The thread. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly id: string;
                            readonly organization_id: string;
                            /** @description A title for people. */
                            readonly title: string | null;
                            /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            readonly message_count: number;
                            /** @description The id of the key that created the thread. */
                            readonly created_by: string;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                        };
                    };
                };
            };
        };
    };
    readonly deleteConversation: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The `id` of the thread, `thrd_…` or `thread_…`. */
                readonly thread_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The thread is deleted. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly updateConversation: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The `id` of the thread, `thrd_…` or `thread_…`. */
                readonly thread_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description A title for people. */
                    readonly title?: string | null;
                    /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                    readonly metadata?: {
                        readonly [key: string]: string;
                    } | null;
                };
            };
        };
        readonly responses: {
            /** @description The changed thread. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly id: string;
                            readonly organization_id: string;
                            /** @description A title for people. */
                            readonly title: string | null;
                            /** @description At most 16 pairs. A key has at most 64 characters, a value at most 512. */
                            readonly metadata: {
                                readonly [key: string]: string;
                            };
                            readonly message_count: number;
                            /** @description The id of the key that created the thread. */
                            readonly created_by: string;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                        };
                    };
                };
            };
        };
    };
    readonly listConversationItems: {
        readonly parameters: {
            readonly query: {
                /** @description The number of entries to skip. */
                readonly skip: number;
                /** @description The number of entries. */
                readonly take: number;
                /** @description The order by creation. */
                readonly order: "asc" | "desc";
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The `id` of the thread, `thrd_…` or `thread_…`. */
                readonly thread_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of messages. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly messages: readonly {
                                readonly id: string;
                                readonly thread_id: string;
                                /** @enum {string} */
                                readonly role: "user" | "assistant" | "system";
                                /** @description Blocks of text, files, images and refusals. */
                                readonly content: readonly ({
                                    /** @enum {string} */
                                    readonly type: "text" | "file" | "image" | "refusal";
                                } & {
                                    readonly [key: string]: unknown;
                                })[];
                                readonly attachments: readonly {
                                    readonly file_id: string;
                                    /** @description Null if the File is deleted. */
                                    readonly filename: string | null;
                                    /** @description Null if the File is deleted. */
                                    readonly mime_type: string | null;
                                }[];
                                /** @description The response that added the message; null if a client did. */
                                readonly response_id: string | null;
                                /** Format: date-time */
                                readonly created_at: string;
                            }[];
                            /** @description The number of entries on all pages. */
                            readonly total: number;
                            readonly skip: number;
                            readonly take: number;
                            /** @description True if more entries follow this page. */
                            readonly has_more: boolean;
                        };
                    };
                };
            };
        };
    };
    readonly addConversationItems: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The `id` of the thread, `thrd_…` or `thread_…`. */
                readonly thread_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @enum {string} */
                    readonly role: "user" | "assistant" | "system";
                    /** @description A text, or blocks of text and files. */
                    readonly content: readonly {
                        /**
                         * @default text
                         * @enum {string}
                         */
                        readonly type?: "text" | "file";
                        readonly text?: string;
                        readonly file_id?: string;
                    }[] | string;
                    /** @description Files beside the content. */
                    readonly attachments?: readonly {
                        readonly file_id: string;
                    }[] | null;
                };
            };
        };
        readonly responses: {
            /** @description The message. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly id: string;
                            readonly thread_id: string;
                            /** @enum {string} */
                            readonly role: "user" | "assistant" | "system";
                            /** @description Blocks of text, files, images and refusals. */
                            readonly content: readonly ({
                                /** @enum {string} */
                                readonly type: "text" | "file" | "image" | "refusal";
                            } & {
                                readonly [key: string]: unknown;
                            })[];
                            readonly attachments: readonly {
                                readonly file_id: string;
                                /** @description Null if the File is deleted. */
                                readonly filename: string | null;
                                /** @description Null if the File is deleted. */
                                readonly mime_type: string | null;
                            }[];
                            /** @description The response that added the message; null if a client did. */
                            readonly response_id: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                        };
                    };
                };
            };
        };
    };
    readonly getConversationItem: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The `id` of the thread, `thrd_…` or `thread_…`. */
                readonly thread_id: string;
                /** @description The `id` of the message. */
                readonly message_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The message. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description A message for people. */
                        readonly message: string;
                        readonly data: {
                            readonly id: string;
                            readonly thread_id: string;
                            /** @enum {string} */
                            readonly role: "user" | "assistant" | "system";
                            /** @description Blocks of text, files, images and refusals. */
                            readonly content: readonly ({
                                /** @enum {string} */
                                readonly type: "text" | "file" | "image" | "refusal";
                            } & {
                                readonly [key: string]: unknown;
                            })[];
                            readonly attachments: readonly {
                                readonly file_id: string;
                                /** @description Null if the File is deleted. */
                                readonly filename: string | null;
                                /** @description Null if the File is deleted. */
                                readonly mime_type: string | null;
                            }[];
                            /** @description The response that added the message; null if a client did. */
                            readonly response_id: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                        };
                    };
                };
            };
        };
    };
    readonly deleteConversationItem: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The `id` of the thread, `thrd_…` or `thread_…`. */
                readonly thread_id: string;
                /** @description The `id` of the message. */
                readonly message_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The message is deleted. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly createResponse: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description Messages, 1 to 500. */
                    readonly inputs: readonly ({
                        /** @enum {string} */
                        readonly role: "user" | "assistant" | "system";
                        /** @description A text, or blocks `{type: "text", text}` and `{type: "file", file_id}`. */
                        readonly content?: string | readonly Record<string, never>[] | null;
                        /** @description Files beside the content: `{file_id}`. */
                        readonly files?: readonly Record<string, never>[] | null;
                    } & {
                        readonly [key: string]: unknown;
                    })[];
                    /** @description The organization of the key. It can be left out. */
                    readonly organization_id?: string | null;
                    /** @description The model; the operator's default when absent, and for `ftg-…`. */
                    readonly model?: string | null;
                    /** @description The thread to go on in; a new one when absent. */
                    readonly thread_id?: string | null;
                    /** @description The response to go on from. Excludes `thread_id`. */
                    readonly previous_response_id?: string | null;
                    /** @description A text for the model before all messages. */
                    readonly instructions?: string | null;
                    /** @description 0 to 2. */
                    readonly temperature?: number | null;
                    /** @description 0 to 1. */
                    readonly top_p?: number | null;
                    /** @description The largest number of tokens of the answer. */
                    readonly max_output_synapses?: number | null;
                    /** @description The `effort` of reasoning. */
                    readonly reasoning?: {
                        readonly [key: string]: unknown;
                    } | null;
                    /** @description At most 16 pairs. */
                    readonly metadata?: {
                        readonly [key: string]: string;
                    } | null;
                    /** @description Searches, and the retrieval of files. */
                    readonly tools?: readonly ({
                        /** @description `file_search` or `file_retrieval`. */
                        readonly type: string;
                        /** @description `on`: always. `off`: never. `auto`, the default: when there is something to search. */
                        readonly mode?: ("auto" | "on" | "off") | null;
                        /** @description The stores to search, at most 10; without ids every store that the key may see, at most 20. */
                        readonly vector_store_ids?: readonly string[] | null;
                        /** @description The Files to retrieve, at most 20; without ids the files of the messages. */
                        readonly file_ids?: readonly string[] | null;
                    } & {
                        readonly [key: string]: unknown;
                    })[] | null;
                    /** @description `file_search.results` adds the results of searches. */
                    readonly include?: readonly string[] | null;
                    /** @description False for a response that cannot be read later; by default true. */
                    readonly store?: boolean | null;
                    /** @description True for a stream of events. */
                    readonly stream?: boolean | null;
                    /** @description `text` and `blocks`: blocks; `plain`: a string. */
                    readonly output_mode?: string | null;
                    /** @description There are no assistants. */
                    readonly assistant_id?: string | null;
                    /** @description Without effect. */
                    readonly disable_rules?: boolean | null;
                };
            };
        };
        readonly responses: {
            /** @description The answer, or its events. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description The thread; null for a response that continues another one or that is not stored. */
                        readonly thread_id: string | null;
                        readonly response_id: string;
                        /** @description The answer in blocks; a string with the output mode `plain`. */
                        readonly response: readonly {
                            /** @enum {string} */
                            readonly type: "text";
                            readonly text: string;
                        }[] | string;
                        /** @description Always false. */
                        readonly is_summarized: boolean;
                        /** @enum {string} */
                        readonly stop_reason: "end_turn" | "max_tokens" | "content_filter" | "tool_use";
                        /** @description Searches (`file_search_call`) and messages (`message`) with citations, in their order. */
                        readonly output: readonly ({
                            readonly type: string;
                        } & {
                            readonly [key: string]: unknown;
                        })[];
                        /** @description The tokens of all calls of the model. */
                        readonly usage: {
                            readonly input_tokens: number;
                            readonly input_tokens_details: {
                                readonly [key: string]: unknown;
                            };
                            readonly output_tokens: number;
                            readonly output_tokens_details: {
                                readonly [key: string]: unknown;
                            };
                            readonly total_tokens: number;
                        } | null;
                        readonly model: string;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The ids of Files whose text did not fit completely. */
                        readonly truncated_files: readonly string[];
                    };
                    readonly "text/event-stream": string;
                };
            };
        };
    };
    readonly getResponse: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
                /** @description `plain` for a string. */
                readonly output_mode?: "text" | "plain" | "blocks";
                /** @description `file_search.results` adds the results of searches. */
                readonly include?: string | readonly string[];
            };
            readonly header?: never;
            readonly path: {
                /** @description The `response_id` of the response. */
                readonly response_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description The thread; null for a response that continues another one or that is not stored. */
                        readonly thread_id: string | null;
                        readonly response_id: string;
                        /** @description The answer in blocks; a string with the output mode `plain`. */
                        readonly response: readonly {
                            /** @enum {string} */
                            readonly type: "text";
                            readonly text: string;
                        }[] | string;
                        /** @description Always false. */
                        readonly is_summarized: boolean;
                        /** @enum {string} */
                        readonly stop_reason: "end_turn" | "max_tokens" | "content_filter" | "tool_use";
                        /** @description Searches (`file_search_call`) and messages (`message`) with citations, in their order. */
                        readonly output: readonly ({
                            readonly type: string;
                        } & {
                            readonly [key: string]: unknown;
                        })[];
                        /** @description The tokens of all calls of the model. */
                        readonly usage: {
                            readonly input_tokens: number;
                            readonly input_tokens_details: {
                                readonly [key: string]: unknown;
                            };
                            readonly output_tokens: number;
                            readonly output_tokens_details: {
                                readonly [key: string]: unknown;
                            };
                            readonly total_tokens: number;
                        } | null;
                        readonly model: string;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description The ids of Files whose text did not fit completely. */
                        readonly truncated_files: readonly string[];
                    };
                };
            };
        };
    };
    readonly deleteResponse: {
        readonly parameters: {
            readonly query?: {
                /** @description The organization of the key. It can be left out. */
                readonly organization_id?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The `response_id` of the response. */
                readonly response_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The response is deleted. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
