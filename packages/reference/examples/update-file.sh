curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/files/$FILE_ID" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -X PATCH \
  -H 'Content-Type: application/json' \
  -d '{"filename": "january.txt", "path": "reports/2026"}'
