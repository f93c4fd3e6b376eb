curl --fail -sS --head "$UPLOAD_URL" -H 'Tus-Resumable: 1.0.0'
