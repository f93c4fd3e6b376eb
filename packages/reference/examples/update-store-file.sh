curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/vector-stores/$VECTOR_STORE_ID/files/$FILE_ID" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -X PATCH \
  -H 'Content-Type: application/json' \
  -d '{"attributes": {"year": 2026, "draft": false}}'
