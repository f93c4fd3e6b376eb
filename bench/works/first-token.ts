import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alternate } from '../alternate.ts'
import { readFirstTokens, type StreamRequest } from '../load/first-token.ts'
import { startProcess } from '../measured-process.ts'
import { type Goal, type Measured, measuredOfAll, medianOf, type WorkResult } from '../result.ts'
import { createWords, seedStore } from '../seed-store.ts'
import { percentile } from '../statistics.ts'
import { startWaybill, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const MODEL_SERVER = fileURLToPath(new URL('../load/model-server.ts', import.meta.url))
const QUESTION_WORDS = 12
const WARM_UP = 20
const ALONE = 'model server alone'

/** Measures the time that Waybill adds to the first token of a model's answer, with and without a search. */
export const firstTokenWork: Work = { id: 'first-token', measure: measureFirstToken }

type ToRequest = (question: string) => StreamRequest

async function measureFirstToken({ directory, options }: Bench): Promise<WorkResult[]> {
  const models = await startProcess(process.execPath, [MODEL_SERVER])
  const env = { MODEL_SERVER_URL: models.readyLine, CHAT_MODEL: 'tiny' }
  const embeddings = { EMBEDDINGS_URL: models.readyLine, EMBEDDINGS_MODEL: 'tiny' }
  const byWords = await startWaybill(join(directory, 'first-token'), env)
  const byMeaning = await startWaybill(join(directory, 'first-token-meaning'), { ...env, ...embeddings })
  const chunks = options.searchedChunks
  const names = namesOf(chunks)
  const kinds: readonly (readonly [name: string, toRequest: ToRequest])[] = [
    [ALONE, (question) => chat(models.readyLine, {}, question)],
    [names.chat, (question) => chat(`${byWords.url}/v1`, keyOf(byWords), question)],
    [names.response, (question) => response(byWords, question, [])],
    [names.words, await searching(byWords, chunks)],
    [names.meaning, await searching(byMeaning, chunks)],
  ]
  const measured = await measureAll(kinds, options)
  for (const { process } of [byWords, byMeaning]) await process.stop()
  await models.stop()
  return [
    {
      id: 'first-token',
      title: 'Time to the first token of a model',
      method:
        'One caller asks one question after the other, each another one, as a stream. The model server is a process that ' +
        'answers at once, so the figures are the time of everything except the model. A search puts the ten best chunks ' +
        'into the prompt; by meaning, it first asks the same process for a vector of 384 numbers. The figures are the ' +
        'median and the range of the medians of the rounds.',
      unit: 'ms, p50',
      isMoreBetter: false,
      measured,
      goals: [
        goalOf(measured, names.chat, 15),
        goalOf(measured, names.response, 15),
        goalOf(measured, names.words, 60),
        goalOf(measured, names.meaning, 60),
      ],
    },
  ]
}

function namesOf(chunks: number) {
  const count = `${chunks.toLocaleString('en')} chunks`
  return {
    chat: 'Waybill, chat',
    response: 'Waybill, response',
    words: `Waybill, response with ${count}, by words`,
    meaning: `Waybill, response with ${count}, by words and meaning`,
  }
}

/** Returns the median of each round in milliseconds. */
async function measureAll(
  kinds: readonly (readonly [name: string, toRequest: ToRequest])[],
  { firstTokens, rounds }: Bench['options'],
): Promise<readonly Measured[]> {
  // No question is asked twice, so that no cache answers it.
  const words = createWords(2)
  const ask = (toRequest: ToRequest, count: number) =>
    readFirstTokens(Array.from({ length: count }, () => toRequest(words(QUESTION_WORDS))))
  for (const [, toRequest] of kinds) await ask(toRequest, WARM_UP)
  const perRound = Math.ceil(firstTokens / rounds)
  const contestants = kinds.map(([name, toRequest]) => ({ name, measure: () => ask(toRequest, perRound) }))
  const medianOfTimes = (times: readonly number[]) => percentile(times, 0.5)
  return measuredOfAll(await alternate(rounds, contestants), medianOfTimes)
}

async function searching(waybill: Waybill, chunks: number): Promise<ToRequest> {
  const storeId = await seedStore(waybill, chunks)
  return (question) => response(waybill, question, [{ type: 'file_search', vector_store_ids: [storeId] }])
}

function chat(base: string, headers: StreamRequest['headers'], content: string): StreamRequest {
  const body = { model: 'tiny', stream: true, messages: [{ role: 'user', content }] }
  return { url: `${base}/chat/completions`, headers, body, mark: '"content":"ok"' }
}

function response(waybill: Waybill, input: string, tools: readonly object[]): StreamRequest {
  const body = { model: 'tiny', stream: true, input, tools }
  const url = `${waybill.url}/v1/responses`
  return { url, headers: keyOf(waybill), body, mark: 'event: response.output_text.delta' }
}

function keyOf({ apiKey }: Waybill): StreamRequest['headers'] {
  return { authorization: `Bearer ${apiKey}` }
}

function goalOf(measured: readonly Measured[], name: string, needed: number): Goal {
  const added = (medianOf(measured, name) ?? Number.NaN) - (medianOf(measured, ALONE) ?? Number.NaN)
  return { text: `${name}: added p50`, measured: added, needed, aim: null, bound: 'at most', unit: 'ms' }
}
