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
        /** Get the organization and what it stores */
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
        /** List the keys, newest first */
        readonly get: operations["listApiKeys"];
        readonly put?: never;
        /** Create a key; its secret is shown this once */
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
         * @description By default its unfinished upload sessions end and its download URLs are refused, both at once. Keys that it created go on to work and are listed. The last key that may manage keys is not deleted, deactivated or paused.
         */
        readonly delete: operations["deleteApiKey"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a key’s name, scopes or expiry
         * @description What the body leaves out stays as it is.
         */
        readonly patch: operations["updateApiKey"];
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
         * @description Requests with it are refused until it is made active again. By default its upload sessions and download URLs go on; `end_sessions` and `revoke_links` end those that it has made so far. Keys that it created are listed.
         */
        readonly post: operations["deactivateApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
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
        /** Make a key active */
        readonly post: operations["activateApiKey"];
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
         * @description Requests with it are refused until its pause ends. A key that is deactivated stays so.
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
        /** End a key’s pause */
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
         * Give a key a new secret, shown this once; the old one ends
         * @description Its id, name and scopes stay, and so do its upload sessions and download URLs: deactivate it with `end_sessions` and `revoke_links` first where the old secret may be in the wrong hands.
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
         * Open an upload session; the answer’s `upload_url` is where the bytes go
         * @description The size is taken from the organization’s quota until the file is registered, or the session ends. Sending the bytes needs no key: the URL is the credential. An organization has a limited number of unfinished sessions, 10,000 where the operator set no other limit; one more is refused with 429 `RATE_LIMIT_EXCEEDED`, and `details.limit` is that number.
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
         * List the files, newest first
         * @description Go on with `after` and the answer’s `next_cursor`: it costs the same however far it goes. Page numbers end at entry 10,000; a deeper page is refused with 422 `VALIDATION_ERROR`.
         */
        readonly get: operations["listFiles"];
        readonly put?: never;
        /**
         * Make a File of a finished upload; the same call again gives the same File
         * @description Checks that all bytes are there, that there are as many as were declared, and that they do not contradict the type that was declared. What is refused stays until the session expires, so that the call can be corrected.
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
        /** Get a file */
        readonly get: operations["getFile"];
        readonly put?: never;
        readonly post?: never;
        /** Delete a file and its bytes */
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
         * Get a URL that the bytes can be downloaded from for an hour
         * @description The URL needs no key, so that a browser can open it. It can be revoked with the key that asked for it, unless the bytes are at a provider, whose URL ends by itself.
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
         * Upload small files directly, all or none
         * @description For files that need no resuming, 100 MB each where the operator set no other limit, and for empty files, which a session does not take. The same checks are made as when an upload is registered; an empty file may have any type. A part without a Content-Type has no declared type: it is detected by the signature, the file extension, and whether the bytes are text. Of a path as file name the last segment counts, `filename*` wins over `filename`, and parts of other names are ignored. At most 100 parts.
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
         * List the open upload sessions, newest first
         * @description Their URLs, which are credentials, are not in it.
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
         * Cancel an upload session; again is no error
         * @description What it has stored is removed, and its size is given back to the quota.
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
        /** @description Every error, but of session URIs, which answer as Google’s do. An unknown URL is answered with 404 `NOT_FOUND`, another method than those of a URL with 405 `METHOD_NOT_ALLOWED` and the header `Allow`. */
        readonly Error: {
            /** @constant */
            readonly success: false;
            readonly error: {
                /**
                 * @description For programs.
                 * @enum {string}
                 */
                readonly code: "INVALID_REQUEST" | "INTERNAL_ERROR" | "SERVICE_UNAVAILABLE" | "STORAGE_FULL" | "AUTHENTICATION_REQUIRED" | "INVALID_API_KEY" | "API_KEY_EXPIRED" | "API_KEY_DEACTIVATED" | "API_KEY_PAUSED" | "INSUFFICIENT_PERMISSIONS" | "ORGANIZATION_ACCESS_DENIED" | "RATE_LIMIT_EXCEEDED" | "INVALID_JSON" | "UNSUPPORTED_MEDIA_TYPE" | "REQUEST_TOO_LARGE" | "REQUEST_TIMEOUT" | "VALIDATION_ERROR" | "STORAGE_QUOTA_EXCEEDED" | "FILE_TOO_LARGE" | "UNSUPPORTED_FILE_TYPE" | "STORAGE_UNAVAILABLE" | "UPLOAD_NOT_FOUND" | "UPLOAD_INCOMPLETE" | "FILE_ALREADY_REGISTERED" | "UPLOAD_SESSION_EXPIRED" | "FILE_SIZE_MISMATCH" | "FILE_TYPE_MISMATCH" | "CHECKSUM_MISMATCH" | "FILE_NOT_FOUND" | "TOKEN_INVALID" | "PRECONDITION_FAILED" | "RANGE_NOT_SATISFIABLE" | "API_KEY_NOT_FOUND" | "LAST_ADMIN_KEY" | "NOT_FOUND" | "METHOD_NOT_ALLOWED";
                /** @description For a person. */
                readonly message: string;
                /** @description For a developer. */
                readonly system_message: string;
                /** @description The kind of error, of which there are few; it follows from the status. */
                readonly type: string;
                /** @description As in the answer’s first line. */
                readonly status: number;
                /** @description What else is known, such as the `field` that is not valid. */
                readonly details: Record<string, never>;
                /** @description The request’s id, under which the service’s log has it. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Get the organization and what it stores */
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
                        /** @description False: the operator has suspended it. */
                        readonly is_active: boolean;
                        /** @description The quota; null where there is none. */
                        readonly storage_limit_bytes: number | null;
                        /** @description The same as `storage_limit_bytes`. */
                        readonly storage_free_bytes_allowance: number | null;
                        /** @description Taken by registered files. */
                        readonly storage_used_bytes: number;
                        /** @description Set aside for open upload sessions. */
                        readonly storage_reserved_bytes: number;
                        /** @description There is none. */
                        readonly api_usage_limit: null;
                        /** @description There is none. */
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
                /** @description The number of the page. Page numbers end at entry 10,000 (`page` × entries of a page): go on with `after`. */
                readonly page: number;
                /** @description Entries of a page. */
                readonly page_size: number;
                /** @description The id behind which the page begins, the `next_cursor` of the page before; overrides `page`. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description List the keys, newest first */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly api_keys: readonly {
                            readonly id: string;
                            /** @description How the secret begins. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False: the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description What the key may do. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that made it; null where the operator did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description From when on it is refused; null: never. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description To the minute; null: never. */
                            readonly last_used_at: string | null;
                        }[];
                        /** @description The same as `api_keys`. */
                        readonly keys: readonly {
                            readonly id: string;
                            /** @description How the secret begins. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False: the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description What the key may do. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that made it; null where the operator did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description From when on it is refused; null: never. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description To the minute; null: never. */
                            readonly last_used_at: string | null;
                        }[];
                        /** @description Entries of all pages together. */
                        readonly total: number;
                        /** @description As asked for. */
                        readonly page: number;
                        /** @description As asked for. */
                        readonly page_size: number;
                        /** @description Whether there are entries behind this page. */
                        readonly has_more: boolean;
                        /** @description What to give as `after` for the next page; null where this is the last. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description For people, to tell keys apart. */
                    readonly key_name: string;
                    /** @description What the key may do; null is as absent. `admin` stands for all of them; a new key has all but `admin` by default. */
                    readonly scopes?: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[] | null;
                    /** @description From when on the key is refused: ISO 8601, in the future; without a zone it is UTC. Null: never. */
                    readonly expires_at?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description Create a key; its secret is shown this once */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description How the secret begins. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False: the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description What the key may do. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that made it; null where the operator did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description From when on it is refused; null: never. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description To the minute; null: never. */
                        readonly last_used_at: string | null;
                        /** @description The secret, in this answer and in no other. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `id` of the key, which is not its secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Get a key */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description How the secret begins. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False: the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description What the key may do. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that made it; null where the operator did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description From when on it is refused; null: never. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description To the minute; null: never. */
                        readonly last_used_at: string | null;
                    };
                };
            };
        };
    };
    readonly deleteApiKey: {
        readonly parameters: {
            readonly query?: {
                /** @description Whether the unfinished upload sessions that the key opened end, with their bytes. */
                readonly end_sessions?: boolean;
                /** @description Whether the download URLs that the key asked for are refused. */
                readonly revoke_links?: boolean;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `id` of the key, which is not its secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Delete a key */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description For a person. */
                        readonly message: string;
                        /** @description The newest 100 of the keys that this key created, which go on to work: delete those that should not. Keys that these created in turn are in the answer to deleting them. */
                        readonly created_keys: readonly {
                            readonly id: string;
                            /** @description How the secret begins. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False: the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description What the key may do. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that made it; null where the operator did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description From when on it is refused; null: never. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description To the minute; null: never. */
                            readonly last_used_at: string | null;
                        }[];
                        /** @description How many keys this key created that are there. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `id` of the key, which is not its secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description For people, to tell keys apart. */
                    readonly key_name?: string;
                    /** @description What the key may do; null is as absent. `admin` stands for all of them; a new key has all but `admin` by default. */
                    readonly scopes?: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[] | null;
                    /** @description From when on the key is refused: ISO 8601, in the future; without a zone it is UTC. Null: never. */
                    readonly expires_at?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description Change a key’s name, scopes or expiry */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description How the secret begins. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False: the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description What the key may do. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that made it; null where the operator did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description From when on it is refused; null: never. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description To the minute; null: never. */
                        readonly last_used_at: string | null;
                    };
                };
            };
        };
    };
    readonly deactivateApiKey: {
        readonly parameters: {
            readonly query?: {
                /** @description Whether the unfinished upload sessions that the key opened end, with their bytes. */
                readonly end_sessions?: boolean;
                /** @description Whether the download URLs that the key asked for are refused. */
                readonly revoke_links?: boolean;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `id` of the key, which is not its secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Deactivate a key */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description For a person. */
                        readonly message: string;
                        readonly id: string;
                        /** @description How the secret begins. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False: the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description What the key may do. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that made it; null where the operator did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description From when on it is refused; null: never. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description To the minute; null: never. */
                        readonly last_used_at: string | null;
                        /** @description The newest 100 of the keys that this key created, which go on to work: delete those that should not. Keys that these created in turn are in the answer to deleting them. */
                        readonly created_keys: readonly {
                            readonly id: string;
                            /** @description How the secret begins. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False: the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description What the key may do. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that made it; null where the operator did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description From when on it is refused; null: never. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description To the minute; null: never. */
                            readonly last_used_at: string | null;
                        }[];
                        /** @description How many keys this key created that are there. */
                        readonly created_keys_total: number;
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `id` of the key, which is not its secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Make a key active */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description For a person. */
                        readonly message: string;
                        readonly id: string;
                        /** @description How the secret begins. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False: the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description What the key may do. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that made it; null where the operator did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description From when on it is refused; null: never. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description To the minute; null: never. */
                        readonly last_used_at: string | null;
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `id` of the key, which is not its secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Pause a key */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description For a person. */
                        readonly message: string;
                        readonly id: string;
                        /** @description How the secret begins. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False: the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description What the key may do. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that made it; null where the operator did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description From when on it is refused; null: never. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description To the minute; null: never. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `id` of the key, which is not its secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description End a key’s pause */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description For a person. */
                        readonly message: string;
                        readonly id: string;
                        /** @description How the secret begins. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False: the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description What the key may do. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that made it; null where the operator did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description From when on it is refused; null: never. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description To the minute; null: never. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `id` of the key, which is not its secret. */
                readonly key_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Give a key a new secret, shown this once; the old one ends */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly success: true;
                        /** @description For a person. */
                        readonly message: string;
                        readonly id: string;
                        /** @description How the secret begins. */
                        readonly key_prefix: string;
                        readonly organization_id: string;
                        readonly key_name: string;
                        /** @description False: the key is deactivated. */
                        readonly is_active: boolean;
                        /** @description What the key may do. */
                        readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                        /** @description The id of the key that made it; null where the operator did. */
                        readonly created_by: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description From when on it is refused; null: never. */
                        readonly expires_at: string | null;
                        readonly is_paused: boolean;
                        /** @description To the minute; null: never. */
                        readonly last_used_at: string | null;
                        /** @description The secret, in this answer and in no other. */
                        readonly key: string;
                        /** @description The same as `id`: a key keeps it. */
                        readonly old_key_id: string;
                        readonly new_key: {
                            readonly id: string;
                            /** @description How the secret begins. */
                            readonly key_prefix: string;
                            readonly organization_id: string;
                            readonly key_name: string;
                            /** @description False: the key is deactivated. */
                            readonly is_active: boolean;
                            /** @description What the key may do. */
                            readonly scopes: readonly ("files:read" | "files:write" | "vector_stores:read" | "vector_stores:write" | "admin")[];
                            /** @description The id of the key that made it; null where the operator did. */
                            readonly created_by: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description From when on it is refused; null: never. */
                            readonly expires_at: string | null;
                            readonly is_paused: boolean;
                            /** @description To the minute; null: never. */
                            readonly last_used_at: string | null;
                            /** @description The secret, in this answer and in no other. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description No path: without `/`, `\`, control characters, line separators and controls of the writing direction, and at most 900 bytes of UTF-8. */
                    readonly filename: string;
                    /** @description In bytes. */
                    readonly file_size: number;
                    /** @description The type of the bytes, such as `application/pdf`, with any parameters, such as `text/plain; charset=utf-8` or `video/webm;codecs=vp8,opus`. The bytes are looked at when the file is registered: only what contradicts the type is refused. */
                    readonly mime_type: string;
                    /** @description For clients that send it: every session is resumable. */
                    readonly upload_type?: "resumable" | "simple" | "standard";
                    /** @description Checksums to compute while the bytes come, beside the CRC-32C: the File has them as `md5` and `sha256`, and the final object as `md5Hash` and `sha256Hash`. */
                    readonly checksums?: readonly ("md5" | "sha256")[];
                };
            };
        };
        readonly responses: {
            /** @description Open an upload session; the answer’s `upload_url` is where the bytes go */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description The session URI, where the bytes go. It is a credential: whoever has it can upload. */
                        readonly upload_url: string;
                        /** @description What to give when the file is registered. */
                        readonly gcs_path: string;
                        /** @description The id that the File will have. */
                        readonly file_id: string;
                        /**
                         * Format: date-time
                         * @description Until then the file has to be sent and registered.
                         */
                        readonly expires_at: string;
                        /** @description The largest file that the service takes, in bytes. */
                        readonly max_file_size: number;
                        /** @enum {string} */
                        readonly upload_type: "resumable";
                        /** @description A good size of a chunk in bytes, where the file is sent in several. */
                        readonly chunk_size_recommended: number;
                    };
                };
            };
        };
    };
    readonly listFiles: {
        readonly parameters: {
            readonly query: {
                /** @description The number of the page. Page numbers end at entry 10,000 (`page` × entries of a page): go on with `after`. */
                readonly page: number;
                /** @description Entries of a page. */
                readonly limit: number;
                /** @description The id behind which the page begins, the `next_cursor` of the page before; overrides `page`. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description List the files, newest first */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly files: readonly {
                            readonly id: string;
                            /** @description The name as it was given. */
                            readonly original_filename: string;
                            /** @description In bytes. */
                            readonly file_size: number;
                            /** @description As declared, with its parameters; the bytes do not contradict it. Downloads have it. */
                            readonly mime_type: string;
                            /** @description The type whose signature the bytes show; null where they show none, as most text does. */
                            readonly detected_mime_type: string | null;
                            /** @description The name of the object in the storage. */
                            readonly storage_path: string;
                            readonly organization_id: string;
                            /** @description A user’s id; null where a key uploaded the file. */
                            readonly uploaded_by: string | null;
                            /** @description The id of the key that uploaded the file. */
                            readonly uploaded_by_api_key_id: string | null;
                            /** Format: date-time */
                            readonly uploaded_at: string;
                            /** @description The CRC-32C of the stored bytes: four bytes, the highest first, in base64. */
                            readonly crc32c: string;
                            /** @description The MD5 of the stored bytes in hex; null where nothing asked for it. */
                            readonly md5: string | null;
                            /** @description The SHA-256 of the stored bytes in hex; null where nothing asked for it, and for a resumable upload to Google Cloud Storage. */
                            readonly sha256: string | null;
                        }[];
                        /** @description Entries of all pages together. */
                        readonly total: number;
                        /** @description As asked for. */
                        readonly page: number;
                        /** @description As asked for. */
                        readonly limit: number;
                        /** @description Whether there are entries behind this page. */
                        readonly has_more: boolean;
                        /** @description What to give as `after` for the next page; null where this is the last. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description No path: without `/`, `\`, control characters, line separators and controls of the writing direction, and at most 900 bytes of UTF-8. */
                    readonly filename: string;
                    /** @description As upload-url gave it. */
                    readonly gcs_path: string;
                    /** @description In bytes. */
                    readonly file_size: number;
                    /** @description The type of the bytes, such as `application/pdf`, with any parameters, such as `text/plain; charset=utf-8` or `video/webm;codecs=vp8,opus`. The bytes are looked at when the file is registered: only what contradicts the type is refused. */
                    readonly mime_type: string;
                    /** @description The CRC-32C that the stored bytes must have: four bytes, the highest first, in base64. */
                    readonly crc32c?: string;
                };
            };
        };
        readonly responses: {
            /** @description Make a File of a finished upload; the same call again gives the same File */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The name as it was given. */
                        readonly original_filename: string;
                        /** @description In bytes. */
                        readonly file_size: number;
                        /** @description As declared, with its parameters; the bytes do not contradict it. Downloads have it. */
                        readonly mime_type: string;
                        /** @description The type whose signature the bytes show; null where they show none, as most text does. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in the storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description A user’s id; null where a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The CRC-32C of the stored bytes: four bytes, the highest first, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hex; null where nothing asked for it. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hex; null where nothing asked for it, and for a resumable upload to Google Cloud Storage. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `file_id` that upload-url gave, which is the `id` of the File. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Get a file */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /** @description The name as it was given. */
                        readonly original_filename: string;
                        /** @description In bytes. */
                        readonly file_size: number;
                        /** @description As declared, with its parameters; the bytes do not contradict it. Downloads have it. */
                        readonly mime_type: string;
                        /** @description The type whose signature the bytes show; null where they show none, as most text does. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in the storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description A user’s id; null where a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The CRC-32C of the stored bytes: four bytes, the highest first, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hex; null where nothing asked for it. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hex; null where nothing asked for it, and for a resumable upload to Google Cloud Storage. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `file_id` that upload-url gave, which is the `id` of the File. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Delete a file and its bytes */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `file_id` that upload-url gave, which is the `id` of the File. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Get a URL that the bytes can be downloaded from for an hour */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly file_id: string;
                        readonly filename: string;
                        readonly mime_type: string;
                        /** @description In bytes. */
                        readonly file_size: number;
                        /** @description Where the bytes are, for an hour. It is a credential: whoever has it can download. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "multipart/form-data": {
                    /** @description One file; the answer is its File. */
                    readonly file?: string;
                    /** @description Or several; the answer lists them. Parts named `files[]` count as `files`. */
                    readonly files?: readonly string[];
                    /** @description Checksums to compute, such as `md5,sha256`: the File has them. */
                    readonly checksums?: string;
                    /** @description Base64 CRC-32C of each file, in their order. */
                    readonly crc32c?: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description Upload small files directly, all or none */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly files: readonly {
                            readonly id: string;
                            /** @description The name as it was given. */
                            readonly original_filename: string;
                            /** @description In bytes. */
                            readonly file_size: number;
                            /** @description As declared, with its parameters; the bytes do not contradict it. Downloads have it. */
                            readonly mime_type: string;
                            /** @description The type whose signature the bytes show; null where they show none, as most text does. */
                            readonly detected_mime_type: string | null;
                            /** @description The name of the object in the storage. */
                            readonly storage_path: string;
                            readonly organization_id: string;
                            /** @description A user’s id; null where a key uploaded the file. */
                            readonly uploaded_by: string | null;
                            /** @description The id of the key that uploaded the file. */
                            readonly uploaded_by_api_key_id: string | null;
                            /** Format: date-time */
                            readonly uploaded_at: string;
                            /** @description The CRC-32C of the stored bytes: four bytes, the highest first, in base64. */
                            readonly crc32c: string;
                            /** @description The MD5 of the stored bytes in hex; null where nothing asked for it. */
                            readonly md5: string | null;
                            /** @description The SHA-256 of the stored bytes in hex; null where nothing asked for it, and for a resumable upload to Google Cloud Storage. */
                            readonly sha256: string | null;
                        }[];
                        readonly id?: string;
                        /** @description The name as it was given. */
                        readonly original_filename?: string;
                        /** @description In bytes. */
                        readonly file_size?: number;
                        /** @description As declared, with its parameters; the bytes do not contradict it. Downloads have it. */
                        readonly mime_type?: string;
                        /** @description The type whose signature the bytes show; null where they show none, as most text does. */
                        readonly detected_mime_type?: string | null;
                        /** @description The name of the object in the storage. */
                        readonly storage_path?: string;
                        readonly organization_id?: string;
                        /** @description A user’s id; null where a key uploaded the file. */
                        readonly uploaded_by?: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id?: string | null;
                        /** Format: date-time */
                        readonly uploaded_at?: string;
                        /** @description The CRC-32C of the stored bytes: four bytes, the highest first, in base64. */
                        readonly crc32c?: string;
                        /** @description The MD5 of the stored bytes in hex; null where nothing asked for it. */
                        readonly md5?: string | null;
                        /** @description The SHA-256 of the stored bytes in hex; null where nothing asked for it, and for a resumable upload to Google Cloud Storage. */
                        readonly sha256?: string | null;
                    } | {
                        readonly id: string;
                        /** @description The name as it was given. */
                        readonly original_filename: string;
                        /** @description In bytes. */
                        readonly file_size: number;
                        /** @description As declared, with its parameters; the bytes do not contradict it. Downloads have it. */
                        readonly mime_type: string;
                        /** @description The type whose signature the bytes show; null where they show none, as most text does. */
                        readonly detected_mime_type: string | null;
                        /** @description The name of the object in the storage. */
                        readonly storage_path: string;
                        readonly organization_id: string;
                        /** @description A user’s id; null where a key uploaded the file. */
                        readonly uploaded_by: string | null;
                        /** @description The id of the key that uploaded the file. */
                        readonly uploaded_by_api_key_id: string | null;
                        /** Format: date-time */
                        readonly uploaded_at: string;
                        /** @description The CRC-32C of the stored bytes: four bytes, the highest first, in base64. */
                        readonly crc32c: string;
                        /** @description The MD5 of the stored bytes in hex; null where nothing asked for it. */
                        readonly md5: string | null;
                        /** @description The SHA-256 of the stored bytes in hex; null where nothing asked for it, and for a resumable upload to Google Cloud Storage. */
                        readonly sha256: string | null;
                    };
                };
            };
        };
    };
    readonly listUploads: {
        readonly parameters: {
            readonly query: {
                /** @description The number of the page. Page numbers end at entry 10,000 (`page` × entries of a page): go on with `after`. */
                readonly page: number;
                /** @description Entries of a page. */
                readonly limit: number;
                /** @description The id behind which the page begins, the `next_cursor` of the page before; overrides `page`. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description List the open upload sessions, newest first */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly uploads: readonly {
                            /** @description The id that the File will have. */
                            readonly file_id: string;
                            readonly filename: string;
                            /** @description In bytes, as declared. */
                            readonly file_size: number;
                            /** @description Bytes that are stored; null where only the storage’s provider knows. */
                            readonly received_bytes: number | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly expires_at: string;
                        }[];
                        /** @description Entries of all pages together. */
                        readonly total: number;
                        /** @description As asked for. */
                        readonly page: number;
                        /** @description As asked for. */
                        readonly limit: number;
                        /** @description Whether there are entries behind this page. */
                        readonly has_more: boolean;
                        /** @description What to give as `after` for the next page; null where this is the last. */
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
                /** @description The organization that the key belongs to. */
                readonly organization_id: string;
                /** @description The `file_id` that upload-url gave, which is the `id` of the File. */
                readonly file_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Cancel an upload session; again is no error */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
