curl -sS --no-buffer --max-time 5 \
  "$WAYBILL_URL/v1/organizations/$WAYBILL_ORGANIZATION/events/stream?after=0" \
  -H "X-API-Key: $WAYBILL_API_KEY" || true
