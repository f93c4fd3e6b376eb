interface ModelChoiceProps {
  readonly models: readonly string[]
  /** The chosen model; null is the operator's default. */
  readonly chosen: string | null
  onChange(model: string | null): void
}

export function ModelChoice({ models, chosen, onChange }: ModelChoiceProps) {
  return (
    <label className="model-choice">
      <span>Model</span>
      <select
        value={chosen ?? ''}
        onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? null : currentTarget.value)}
      >
        <option value="">Default</option>
        {models.map((model) => (
          <option key={model}>{model}</option>
        ))}
      </select>
    </label>
  )
}
