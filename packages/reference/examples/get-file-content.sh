curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/files/$FILE_ID/content" \
  -H "X-API-Key: $WAYBILL_API_KEY"
