from os import environ as env

import requests

with open("hello.txt", "rb") as body:
    headers = {"Content-Range": "bytes 0-15/16"}
    answer = requests.post(
        env["UPLOAD_URL"], headers=headers, data=body, timeout=300
    )
answer.raise_for_status()
print(answer.json()["name"], answer.json()["size"])
