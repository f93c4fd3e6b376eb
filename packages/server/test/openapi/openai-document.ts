import { createOpenaiDocument } from '../../src/protocols/openai/openai-document.ts'

/** Returns the document of the OpenAI API, in the format of api/openai.json. */
export function openaiDocument(): string {
  return `${JSON.stringify(createOpenaiDocument(), null, 2)}\n`
}
