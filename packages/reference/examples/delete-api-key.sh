curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/api-keys/$KEY_ID" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -X DELETE
