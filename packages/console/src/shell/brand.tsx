export function Brand() {
  return (
    <div className="brand">
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" className="brand-field" />
        <path d="M7 10l4 13 5-11 5 11 4-13" className="brand-line" />
      </svg>
      <span>Waybill</span>
    </div>
  )
}
