from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

answer = api.delete(f"{url}/api-keys/{env['KEY_ID']}", timeout=30)
answer.raise_for_status()
print(answer.json()["message"])
for key in answer.json()["created_keys"]:
    print(key["id"], key["key_name"])
