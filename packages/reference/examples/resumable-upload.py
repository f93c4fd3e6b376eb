from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]
size = 1_000_000
facts = {
    "filename": "big.bin",
    "file_size": size,
    "mime_type": "application/octet-stream",
}


def post(path, fields):
    answer = api.post(url + path, json=fields, timeout=30)
    answer.raise_for_status()
    return answer.json()


def put(content_range, body=b""):
    headers = {"Content-Range": content_range}
    answer = requests.put(
        opened["upload_url"], headers=headers, data=body, timeout=300
    )
    answer.raise_for_status()
    return answer


# 1. Open a session.
opened = post("/files/upload-url", facts)

with open("big.bin", "rb") as file:
    # 2. Send bytes: here a first chunk of them.
    put(f"bytes 0-524287/{size}", file.read(524288))

    # 3. Ask how many are on disk, as after a lost connection, and send the rest.
    stored = put("bytes */*").headers.get("Range")
    offset = int(stored.split("-")[1]) + 1 if stored else 0
    file.seek(offset)
    put(f"bytes {offset}-{size - 1}/{size}", file)

# 4. Register the file.
file = post("/files", {**facts, "gcs_path": opened["gcs_path"]})
print(file["id"])
