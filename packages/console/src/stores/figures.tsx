export interface FiguresProps {
  readonly figures: readonly (readonly [label: string, value: string])[]
}

/** Numbers in a row, each with its label. */
export function Figures({ figures }: FiguresProps) {
  return (
    <dl className="figures">
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
