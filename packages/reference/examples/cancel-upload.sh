curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/files/uploads/$FILE_ID" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -X DELETE \
  -w '%{http_code}\n'
