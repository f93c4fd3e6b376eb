from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

facts = {
    "filename": "hello.txt",
    "gcs_path": env["GCS_PATH"],
    "file_size": 16,
    "mime_type": "text/plain",
}
answer = api.post(f"{url}/files", json=facts, timeout=30)
answer.raise_for_status()
print(answer.json()["id"])
