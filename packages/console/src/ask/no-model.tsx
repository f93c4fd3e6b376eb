import { useEffect } from 'react'
import { EmptyState } from '../parts/empty-state.tsx'
import { refocus } from '../parts/refocus.ts'

/** Tells how to configure a model server. */
export function NoModel() {
  // The form that was shown until the models were listed may have had the focus.
  useEffect(() => refocus(), [])
  return (
    <EmptyState icon="chat" title="No model server is configured">
      <p>
        The operator names a model server with OpenAI's API and starts Waybill again, for example with{' '}
        <code>MODEL_SERVER_URL=http://127.0.0.1:11434/v1</code> and <code>CHAT_MODEL=qwen3:4b</code> for
        Ollama.
      </p>
      <p className="fine">If MODEL_SERVER_URL is set, the model server has no models yet.</p>
    </EmptyState>
  )
}
