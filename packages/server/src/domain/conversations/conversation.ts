/** Conversation of the OpenAI API, and thread of the JSON API: `conv_X` is `thrd_X`. */
export interface Conversation {
  /** `conv_…` */
  readonly id: string
  readonly organizationId: string
  readonly title: string | null
  readonly metadata: Readonly<Record<string, string>>
  /** Id of the key that created it, or `operator`. */
  readonly createdBy: string
  readonly messageCount: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
}
