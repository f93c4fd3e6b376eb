from os import environ as env

import requests

upload_url = env["UPLOAD_URL"]
tus = {"Tus-Resumable": "1.0.0"}

# How many bytes are there already?
state = requests.head(upload_url, headers=tus, timeout=30)
state.raise_for_status()
offset = state.headers["Upload-Offset"]

with open("hello.txt", "rb") as body:
    body.seek(int(offset))
    headers = {
        **tus,
        "Upload-Offset": offset,
        "Content-Type": "application/offset+octet-stream",
    }
    answer = requests.patch(
        upload_url, headers=headers, data=body, timeout=300
    )
answer.raise_for_status()
print(answer.status_code, answer.headers["Upload-Offset"])
