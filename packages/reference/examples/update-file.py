from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

fields = {"filename": "january.txt", "path": "reports/2026"}
answer = api.patch(f"{url}/files/{env['FILE_ID']}", json=fields, timeout=30)
answer.raise_for_status()
file = answer.json()
print(file["path"], file["original_filename"])
