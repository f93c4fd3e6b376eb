from os import environ as env

import requests

headers = {"Tus-Resumable": "1.0.0"}
answer = requests.head(env["UPLOAD_URL"], headers=headers, timeout=30)
answer.raise_for_status()
print("Upload-Offset:", answer.headers["Upload-Offset"])
