import { Component, type ReactNode } from 'react'
import { ErrorNotice } from './error-notice.tsx'
import { refocus } from './refocus.ts'

export interface ErrorBoundaryProps {
  /** Message when the content cannot be drawn. */
  readonly message: string
  /** Class of the element around the message. */
  readonly className?: string
  readonly children: ReactNode
}

/**
 * Keeps an error of its content from the rest of the console, where uploads may run, and offers to draw it again. It is a
 * class because React has no other form of it.
 */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render() {
    const { message, className, children } = this.props
    if (!this.state.isBroken) return children
    const retry = () => {
      this.setState({ isBroken: false })
      refocus()
    }
    return (
      <div className={className}>
        <ErrorNotice error={new Error(message)} onRetry={retry} />
      </div>
    )
  }
}
