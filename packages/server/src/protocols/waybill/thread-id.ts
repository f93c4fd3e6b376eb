/** Returns the id of a thread as the JSON API shows it: `thrd_X` for the conversation `conv_X`. */
export function threadId(conversationId: string): string {
  return conversationId.replace(/^conv_/, 'thrd_')
}

/** Returns the id of the conversation that is the thread. Older clients write `thread_X`. */
export function conversationIdOf(id: string): string {
  return id.replace(/^(?:thrd|thread)_/, 'conv_')
}
