from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

answer = api.delete(f"{url}/files/uploads/{env['FILE_ID']}", timeout=30)
answer.raise_for_status()
print(answer.status_code)
