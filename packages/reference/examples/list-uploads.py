from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

answer = api.get(f"{url}/files/uploads", timeout=30)
answer.raise_for_status()
for upload in answer.json()["uploads"]:
    print(upload["file_id"], upload["received_bytes"])
