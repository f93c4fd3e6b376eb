curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/api-keys/$KEY_ID" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -X PATCH \
  -H 'Content-Type: application/json' \
  -d '{
    "key_name": "Weekly archive",
    "expires_at": "2099-12-31T23:59:59Z"
  }'
