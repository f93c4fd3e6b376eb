import type { Attributes } from '../vector-stores/store-file.ts'

/**
 * Entry of a conversation: what the user, the model or a tool contributed. Records hold items as JSON. File ids have the
 * service's own spelling.
 */
export type Item = Message | FunctionCall | FunctionCallOutput | FileSearchCall | Reasoning

export type ItemType = Item['type']

/** State of an item; `incomplete` when the model stopped within it. */
export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

export interface Message {
  readonly type: 'message'
  /** `msg_…` */
  readonly id: string
  readonly role: 'user' | 'assistant' | 'system'
  readonly status: ItemStatus
  readonly content: readonly ContentPart[]
}

export type ContentPart = InputText | OutputText | Refusal | InputImage | InputFile

export interface InputText {
  readonly type: 'input_text'
  readonly text: string
}

export interface OutputText {
  readonly type: 'output_text'
  readonly text: string
  readonly citations: readonly Citation[]
}

export interface Refusal {
  readonly type: 'refusal'
  readonly refusal: string
}

/** Image for the model: a URL (also a data URL), or a File. Exactly one of them is set. */
export interface InputImage {
  readonly type: 'input_image'
  readonly url: string | null
  readonly fileId: string | null
  readonly detail: string | null
}

/** File for the model: a File, or the bytes themselves. Exactly one of `fileId` and `base64` is set. */
export interface InputFile {
  readonly type: 'input_file'
  readonly fileId: string | null
  readonly base64: string | null
  readonly filename: string | null
  /** True when the message carries the file beside its content, as messages of threads can. */
  readonly isAttachment: boolean
}

/** Chunk of a File that a search found. */
interface FoundChunk {
  readonly fileId: string
  readonly filename: string
  readonly vectorStoreId: string
  readonly chunkId: string
  readonly page: number | null
  /** Place of the chunk in the extracted text of the File, in UTF-16 units. */
  readonly startOffset: number
  readonly endOffset: number
}

/** Place of the answer that a chunk of a vector store supports. */
export interface Citation extends FoundChunk {
  /** Offset in the text at which the marker stood, in UTF-16 units. */
  readonly index: number
  /** Beginning of the chunk. */
  readonly quote: string
}

export interface FunctionCall {
  readonly type: 'function_call'
  /** `fc_…` */
  readonly id: string
  /** Id by which the output names this call; the model chose it. */
  readonly callId: string
  readonly name: string
  /** JSON text, as the model wrote it. */
  readonly arguments: string
  readonly status: ItemStatus
}

export interface FunctionCallOutput {
  readonly type: 'function_call_output'
  /** `fco_…` */
  readonly id: string
  readonly callId: string
  /** Text, or parts of it with images and files. */
  readonly output: string | readonly ContentPart[]
  readonly status: ItemStatus
}

export interface FileSearchCall {
  readonly type: 'file_search_call'
  /** `fs_…` */
  readonly id: string
  readonly status: 'in_progress' | 'searching' | 'completed' | 'incomplete' | 'failed'
  readonly queries: readonly string[]
  /**
   * Recorded for every search of the service; protocols show them when the client asks for them. Null when a client sent
   * the call without them, which is not the same as a search that found nothing.
   */
  readonly results: readonly FileSearchResult[] | null
}

export interface FileSearchResult extends FoundChunk {
  /** 0 to 1. */
  readonly score: number
  readonly attributes: Attributes
  readonly text: string
}

/** Reasoning that the model server sent as text. */
export interface Reasoning {
  readonly type: 'reasoning'
  /** `rs_…` */
  readonly id: string
  readonly text: string
  readonly status: ItemStatus
}

/** Item without its id, which the service gives it. */
export type NewItem = Item extends infer One ? (One extends Item ? Omit<One, 'id'> : never) : never
