from os import environ as env

import requests

answer = requests.get(f"{env['WAYBILL_URL']}/openapi.json", timeout=30)
answer.raise_for_status()
for path, operations in answer.json()["paths"].items():
    print(path, *operations)
