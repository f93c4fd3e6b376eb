import { EVENT_GROUPS } from './event-types.ts'

export interface TypeFilterProps {
  /** Types separated by commas; empty for all. */
  readonly types: string
  onChange(types: string): void
}

/** Choice of a type, or of a group of types. */
export function TypeFilter({ types, onChange }: TypeFilterProps) {
  return (
    <select
      className="button choice"
      aria-label="Types"
      value={types}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">All types</option>
      {EVENT_GROUPS.map(({ name, types: grouped }) => (
        <optgroup key={name} label={name}>
          <option value={grouped.join(',')}>{name}: all</option>
          {grouped.map((type) => (
            <option key={type} value={type}>
              {type}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  )
}
