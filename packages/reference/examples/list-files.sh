curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/files?limit=20" \
  -H "X-API-Key: $WAYBILL_API_KEY"
