curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/api-keys" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -H 'Content-Type: application/json' \
  -d '{
    "key_name": "Nightly archive",
    "scopes": ["files:read"]
  }'
