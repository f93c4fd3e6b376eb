from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

facts = {
    "filename": "hello.txt",
    "file_size": 16,
    "mime_type": "text/plain",
}
answer = api.post(f"{url}/files/upload-url", json=facts, timeout=30)
answer.raise_for_status()
opened = answer.json()
print(opened["upload_url"], opened["gcs_path"])
