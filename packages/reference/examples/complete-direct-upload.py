from os import environ as env

import requests

files = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}/files"
session = requests.Session()
headers = {"X-API-Key": env["WAYBILL_API_KEY"]}
facts = {"filename": "hello.txt", "file_size": 16, "mime_type": "text/plain"}


def post(url, json):
    answer = session.post(url, headers=headers, json=json, timeout=300)
    answer.raise_for_status()
    return answer.json()


opened = post(f"{files}/upload-url", {**facts, "upload_type": "parts"})
sent = []
with open("hello.txt", "rb") as file:
    for number in range(1, opened["part_count"] + 1):
        [part] = post(opened["parts_url"], {"numbers": [number]})["parts"]
        # The URL is the credential: no key goes to the storage.
        answer = requests.put(part["url"], data=file.read(part["size"]), timeout=300)
        answer.raise_for_status()
        sent.append({"number": number, "etag": answer.headers["ETag"]})
post(opened["complete_url"], {"parts": sent})
print(post(files, {**facts, "gcs_path": opened["gcs_path"]})["id"])
