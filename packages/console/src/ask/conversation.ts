import type { CreateModelResponseBody, Waybill } from '@waybill/sdk'
import { createStore, type Store } from '../parts/store.ts'
import { type Answer, BEGUN, withEvent } from './answer.ts'

/** A question and its answer. */
export interface Turn {
  readonly id: number
  readonly question: string
  readonly answer: Answer
}

/** Questions over a vector store, in one thread of the service. */
export interface Conversation {
  readonly turns: Pick<Store<readonly Turn[]>, 'get' | 'subscribe'>
  /** Asks the model; null is the operator's default. Ends the answer that is running. */
  ask(question: string, model: string | null): void
  /** Asks the last question again, in place of its first answer. */
  askAgain(model: string | null): void
  /** Ends the answer that is running. The service forgets its question. */
  stop(): void
  /** Begins another conversation. */
  clear(): void
}

export function createConversation(client: () => Waybill, storeId: string): Conversation {
  const turns = createStore<readonly Turn[]>([])
  let threadId: string | null = null
  let asking = new AbortController()
  let lastId = 0

  const stop = () => asking.abort()
  const ask = async (question: string, model: string | null) => {
    stop()
    asking = new AbortController()
    const { signal } = asking
    const id = ++lastId
    turns.set([...turns.get(), { id, question, answer: BEGUN }])
    const change = (next: (answer: Answer) => Answer) =>
      turns.set(turns.get().map((turn) => (turn.id === id ? { ...turn, answer: next(turn.answer) } : turn)))
    try {
      const body = bodyOf(storeId, question, { model, threadId })
      for await (const event of client().responses.stream(body, { signal })) {
        // A thread without an answer does not stay.
        if (event.type === 'response.completed' || event.type === 'response.incomplete')
          threadId = event.freddy.thread_id
        change((answer) => withEvent(answer, event))
      }
    } catch (error) {
      change((answer) =>
        signal.aborted
          ? { ...answer, state: 'stopped' }
          : { ...answer, state: 'failed', error: error as Error },
      )
    }
  }
  return {
    turns,
    ask: (question, model) => void ask(question, model),
    askAgain: (model) => {
      const last = turns.get().at(-1)
      if (last === undefined) return
      turns.set(turns.get().slice(0, -1))
      void ask(last.question, model)
    },
    stop,
    clear: () => {
      stop()
      threadId = null
      turns.set([])
    },
  }
}

function bodyOf(
  storeId: string,
  question: string,
  { model, threadId }: { readonly model: string | null; readonly threadId: string | null },
): CreateModelResponseBody {
  return {
    inputs: [{ role: 'user', content: question }],
    tools: [{ type: 'file_search', vector_store_ids: [storeId] }],
    include: ['file_search.results'],
    ...(model === null ? {} : { model }),
    ...(threadId === null ? {} : { thread_id: threadId }),
  }
}
