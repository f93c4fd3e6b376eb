import { REGISTER } from '../../packages/server/src/database/postgres/register-files.ts'
import { fileColumns } from './numbered-uploads.ts'

export interface RegisterLoad {
  /** Number of the first upload; each transaction takes the next ones. */
  readonly first: number
  readonly clients: number
  readonly organizations: number
  readonly filesPerStatement: number
}

/** Returns the register statement as a pgbench script. pgbench has no text variables, so SQL derives texts from numbers. */
export function registerScript({ first, clients, organizations, filesPerStatement }: RegisterLoad): string {
  const columns: Readonly<Record<string, string>> = fileColumns(organizations)
  const statement = REGISTER.replace(/\$([a-z]\w*)/gi, (_, name) => {
    const column = columns[name]
    // The columns of audit events, which the records write only for requests.
    if (column === undefined) return "'{}'"
    return filesPerStatement === 1
      ? `ARRAY[${column.replace(/\bn\b/g, ':n::bigint')}]`
      : `ARRAY(SELECT ${column} FROM generate_series(:n::bigint, :n::bigint + ${filesPerStatement - 1}) AS n)`
  })
  return `\\set n ${first} + (:i * ${clients} + :client_id) * ${filesPerStatement}\n\\set i :i + 1\n${statement};\n`
}
