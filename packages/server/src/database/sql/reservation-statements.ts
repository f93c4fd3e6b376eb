export const UPSERT_RESERVATION = `
  INSERT INTO reservations (id, organization_id, holder, size_bytes, expires_at_ms)
  VALUES ($id, $organizationId, $holder, $sizeBytes, $expiresAtMs)
  ON CONFLICT (id) DO UPDATE SET size_bytes = $sizeBytes, expires_at_ms = $expiresAtMs`

export const RENEW_RESERVATIONS =
  'UPDATE reservations SET expires_at_ms = $expiresAtMs WHERE holder = $holder'
