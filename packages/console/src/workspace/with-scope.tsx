import type { ReactNode } from 'react'
import { type Scope, useMay } from './use-scopes.ts'

export interface WithScopeProps {
  readonly scope: Scope
  readonly children: ReactNode
}

/** Controls that are only for those who have the scope. */
export function WithScope({ scope, children }: WithScopeProps) {
  return useMay()(scope) ? children : null
}
