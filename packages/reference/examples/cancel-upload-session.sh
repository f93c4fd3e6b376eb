# 499 is the answer to an upload that is cancelled.
curl -sS -X DELETE "$UPLOAD_URL" -w '%{http_code}\n'
