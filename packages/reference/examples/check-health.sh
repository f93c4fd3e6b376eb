curl --fail-with-body -sS "$WAYBILL_URL/v1/health"
