import { type FormEvent, type KeyboardEvent, useEffect } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { refocus } from '../parts/refocus.ts'

export interface QuestionFormProps {
  /** True while an answer is running. */
  readonly isRunning: boolean
  onAsk(question: string): void
  onStop(): void
}

const FIELD_ID = 'question'
const MAX_QUESTION_CHARACTERS = 8192

export const focusQuestion = (): void => document.getElementById(FIELD_ID)?.focus()

export function QuestionForm({ isRunning, onAsk, onStop }: QuestionFormProps) {
  useEffect(() => {
    // The button that stops the answer has disappeared, perhaps with the focus.
    if (!isRunning) refocus(`#${FIELD_ID}`)
  }, [isRunning])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const question = String(new FormData(form).get('question')).trim()
    if (question === '' || isRunning) return
    form.reset()
    onAsk(question)
  }
  return (
    <form className="question-form" onSubmit={submit}>
      <textarea
        id={FIELD_ID}
        name="question"
        aria-label="Question"
        aria-describedby="question-keys"
        placeholder="Ask about the files"
        rows={2}
        required
        maxLength={MAX_QUESTION_CHARACTERS}
        onKeyDown={submitByEnter}
      />
      <div className="question-actions">
        <span id="question-keys" className="fine">
          Enter asks, Shift + Enter begins a line
        </span>
        {isRunning && (
          <button type="button" className="button" onClick={onStop}>
            <Icon name="stop" /> Stop
          </button>
        )}
        <BusyButton type="submit" className="button primary" isBusy={isRunning}>
          Ask
        </BusyButton>
      </div>
    </form>
  )
}

function submitByEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  // With an input method, Enter chooses a word.
  if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
  event.preventDefault()
  event.currentTarget.form?.requestSubmit()
}
