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
         * @description By default, this also ends the unfinished upload sessions of the key and revokes its download URLs. Keys that it created remain valid, and the response lists them. The last usable admin key cannot be deleted, deactivated or paused.
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
         * @description Requests with the key are refused until it is activated again. By default, its upload sessions and download URLs remain valid; `end_sessions` and `revoke_links` end the existing ones. The response lists the keys that it created.
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
    readonly "/v1/organizations/{organization_id}/files": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List Files, newest first
         * @description Pass `next_cursor` as `after` to get the next page. The cost does not grow with depth. Numbered pages end at entry 10,000; a deeper page is refused with 422 `VALIDATION_ERROR`.
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
        /** Delete a File and its bytes */
        readonly delete: operations["deleteFile"];
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
        /** @description The body of every error, except errors of session URIs, which have Google's form. The error of an unknown URL is 404 `NOT_FOUND`. The error of an unsupported method is 405 `METHOD_NOT_ALLOWED`, with the header `Allow`. */
        readonly Error: {
            /** @constant */
            readonly success: false;
            readonly error: {
                /**
                 * @description The code, for programs.
                 * @enum {string}
                 */
                readonly code: "INVALID_REQUEST" | "INTERNAL_ERROR" | "SERVICE_UNAVAILABLE" | "STORAGE_FULL" | "AUTHENTICATION_REQUIRED" | "INVALID_API_KEY" | "API_KEY_EXPIRED" | "API_KEY_DEACTIVATED" | "API_KEY_PAUSED" | "INSUFFICIENT_PERMISSIONS" | "ORGANIZATION_ACCESS_DENIED" | "RATE_LIMIT_EXCEEDED" | "INVALID_JSON" | "UNSUPPORTED_MEDIA_TYPE" | "REQUEST_TOO_LARGE" | "REQUEST_TIMEOUT" | "VALIDATION_ERROR" | "API_KEY_NOT_FOUND" | "LAST_ADMIN_KEY" | "STORAGE_QUOTA_EXCEEDED" | "FILE_TOO_LARGE" | "UNSUPPORTED_FILE_TYPE" | "STORAGE_UNAVAILABLE" | "UPLOAD_NOT_FOUND" | "UPLOAD_INCOMPLETE" | "FILE_ALREADY_REGISTERED" | "UPLOAD_SESSION_EXPIRED" | "FILE_SIZE_MISMATCH" | "FILE_TYPE_MISMATCH" | "CHECKSUM_MISMATCH" | "FILE_NOT_FOUND" | "TOKEN_INVALID" | "PRECONDITION_FAILED" | "RANGE_NOT_SATISFIABLE" | "NOT_FOUND" | "METHOD_NOT_ALLOWED";
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
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator did. */
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
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator did. */
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
                    readonly scopes?: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[] | null;
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
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator did. */
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
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator did. */
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
                /** @description True revokes the download URLs that the key requested. */
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
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator did. */
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
                    readonly scopes?: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[] | null;
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
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator did. */
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
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator did. */
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
                /** @description True revokes the download URLs that the key requested. */
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
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator did. */
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
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator did. */
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
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator did. */
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
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator did. */
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
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that created this key; null if the operator did. */
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
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that created this key; null if the operator did. */
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
                    /** @description Accepted for compatibility. Every session is resumable. */
                    readonly upload_type?: "resumable" | "simple" | "standard";
                    /** @description Checksums to compute during the upload, in addition to the CRC-32C. The File has them as `md5` and `sha256`, and the object as `md5Hash` and `sha256Hash`. */
                    readonly checksums?: readonly ("md5" | "sha256")[];
                    /** @description The lifetime of the File, from its registration. The service deletes the File at its end. */
                    readonly expires_after?: {
                        /** @enum {string} */
                        readonly anchor: "created_at";
                        readonly seconds: number;
                    };
                };
            };
        };
        readonly responses: {
            /** @description The upload session. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
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
                    };
                };
            };
        };
    };
    readonly listFiles: {
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
            /** @description A page of Files. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly files: readonly {
                            readonly id: string;
                            /** @description The file name, as the client sent it. */
                            readonly original_filename: string;
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
                            /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                            readonly crc32c: string;
                            /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                            readonly md5: string | null;
                            /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                            readonly sha256: string | null;
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
                        /** @description The file name, as the client sent it. */
                        readonly original_filename: string;
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
                        /** @description The file name, as the client sent it. */
                        readonly original_filename: string;
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
            /** @description The File is deleted. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
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
                    /** @enum {string} */
                    readonly "expires_after[anchor]"?: "created_at";
                    /** @description The lifetime of the Files, 3,600 to 2,592,000 seconds. They are deleted at its end. */
                    readonly "expires_after[seconds]"?: string;
                    /** @description The expected CRC-32C of each file in base64, in the order of the files. */
                    readonly crc32c?: readonly string[];
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
                            /** @description The file name, as the client sent it. */
                            readonly original_filename: string;
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
                            /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                            readonly crc32c: string;
                            /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                            readonly md5: string | null;
                            /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                            readonly sha256: string | null;
                        }[];
                        readonly id?: string;
                        /** @description The file name, as the client sent it. */
                        readonly original_filename?: string;
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
                        /** @description The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64. */
                        readonly crc32c?: string;
                        /** @description The MD5 of the stored bytes in hexadecimal; null if it was not requested. */
                        readonly md5?: string | null;
                        /** @description The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to Google Cloud Storage. */
                        readonly sha256?: string | null;
                    } | {
                        readonly id: string;
                        /** @description The file name, as the client sent it. */
                        readonly original_filename: string;
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
                            /** @description The declared size in bytes. */
                            readonly file_size: number;
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
}
