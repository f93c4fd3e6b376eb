import { Client, type Dispatcher } from 'undici'

export interface CallerRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Path with query, on the server to which the caller is connected. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface CallerAnswer {
  readonly status: number
  readonly headers: Dispatcher.ResponseData['headers']
  readonly text: string
}

/** Sends one request on the caller's connection; throws unless the answer is below 400. */
export type Call = (request: CallerRequest) => Promise<CallerAnswer>

export interface Load {
  readonly perSecond: number
  /** Latency of each task in milliseconds. */
  readonly latenciesMs: readonly number[]
}

/** Runs all tasks with `callers` concurrent callers, each with its own connection. */
export async function runCallers<Task>(
  origin: string,
  callers: number,
  tasks: readonly Task[],
  work: (call: Call, task: Task) => Promise<void>,
): Promise<Load> {
  const latenciesMs: number[] = []
  let next = 0
  const runCaller = async () => {
    const client = new Client(origin)
    const call: Call = (request) => send(client, request)
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      const startMs = performance.now()
      await work(call, task)
      latenciesMs.push(performance.now() - startMs)
    }
    await client.close()
  }
  const startMs = performance.now()
  await Promise.all(Array.from({ length: callers }, runCaller))
  return { perSecond: tasks.length / ((performance.now() - startMs) / 1000), latenciesMs }
}

async function send(
  client: Client,
  { method, path, headers = {}, body }: CallerRequest,
): Promise<CallerAnswer> {
  const {
    statusCode,
    headers: answered,
    body: answer,
  } = await client.request({
    method,
    path,
    headers,
    body: body ?? null,
  })
  const text = await answer.text()
  if (statusCode >= 400) throw new Error(`${method} ${path} answered ${statusCode}: ${text}`)
  return { status: statusCode, headers: answered, text }
}
