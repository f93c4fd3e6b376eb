curl --fail-with-body -sS \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/files/upload" \
  -H "X-API-Key: $WAYBILL_API_KEY" \
  -F 'file=@hello.txt;type=text/plain'
